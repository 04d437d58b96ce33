"""What users may write of changes to requests and answers on their way, and API Gateway's words for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

import msgspec

from compiler.diagnostics import suggest
from compiler.kind import Record, about
from compiler.model import Path

# Source: API Gateway developer guide, "Transform API requests and responses for HTTP APIs", "Reserved
# headers", 2026.
RESERVED = frozenset(
    (
        "authorization", "connection", "content-encoding", "content-length", "content-location", "forwarded",
        "keep-alive", "origin", "proxy-authenticate", "proxy-authorization", "te", "trailers",
        "transfer-encoding", "upgrade", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
    )
)  # fmt: skip
RESERVED_BEGINNINGS = ("access-control-", "apigw-", "x-amz-", "x-amzn-")
# What the value of a change may take from the request or the answer. Source: the same page.
_EVERYWHERE = r"context\.[A-Za-z0-9_.]+"
_REQUEST = (
    rf"request\.(?:header|querystring|path)\.[^\s.{{}}]+|request\.body(?:\..+)?|request\.path|{_EVERYWHERE}"
)
_RESPONSE = rf"response\.header\.[^\s.{{}}]+|response\.body(?:\..+)?|{_EVERYWHERE}"
_REMOVED = "''"  # what a removal has as its value; an empty text would take the removal itself back

HeaderName = Annotated[
    str,
    msgspec.Meta(
        pattern="^[A-Za-z0-9_-]+$", max_length=128, extra_json_schema={"x-form": "a header such as x-source"}
    ),
]
QueryName = Annotated[
    str,
    msgspec.Meta(
        pattern="^[A-Za-z0-9_.~-]+$",
        max_length=128,
        extra_json_schema={"x-form": "a query parameter such as page"},
    ),
]
Value = Annotated[str, msgspec.Meta(min_length=1, max_length=512)]
StatusCode = Annotated[
    str,
    msgspec.Meta(
        pattern="^[2-5][0-9]{2}$",
        extra_json_schema={"x-form": 'a status code from 200 to 599, in quotes, such as "200"'},
    ),
]
VALUES = (
    "a text, or $request.header.NAME, $request.querystring.NAME, $request.path.NAME, "
    "$request.body.JSONPATH or $context.NAME, in braces (${...}) inside a longer text"
)
ANSWER_VALUES = "a text, or $response.header.NAME, $response.body.JSONPATH or $context.NAME"

Wrong = tuple[Path, str]  # the place inside the change, and the message


class ApiRequest(Record, kw_only=True):
    """What is changed in a request before the target sees it."""

    impossible = {
        "body": "HTTP APIs do not change bodies; let the function or service read the one that was sent",
        "template": "HTTP APIs have no mapping templates; let the target build what it needs",
    }
    set_headers: Annotated[
        dict[HeaderName, Value],
        about(f"Headers that get this value: {VALUES}.", examples=[{"x-source": "api"}]),
    ] = {}
    append_headers: Annotated[
        dict[HeaderName, Value],
        about("Headers that get this value besides what they have.", examples=[{"x-via": "devices"}]),
    ] = {}
    remove_headers: Annotated[
        list[HeaderName], about("Headers that the target does not see.", examples=[["x-debug"]])
    ] = []
    set_query: Annotated[
        dict[QueryName, Value],
        about("Query parameters that get this value.", examples=[{"device": "$request.path.id"}]),
    ] = {}
    append_query: Annotated[
        dict[QueryName, Value],
        about("Query parameters that get this value besides what they have.", examples=[{"tag": "api"}]),
    ] = {}
    remove_query: Annotated[
        list[QueryName], about("Query parameters that the target does not see.", examples=[["token"]])
    ] = []
    path: (
        Annotated[
            str,
            about(
                "The path that the target sees instead.",
                examples=["/v2/devices/${request.path.id}"],
                pattern=r"^(?:/|\$)\S*$",
                form="a path such as /v2/devices/${request.path.id}",
                max_length=512,
            ),
        ]
        | None
    ) = None


class ApiResponse(Record, kw_only=True):
    """What is changed in an answer of one status before the caller sees it."""

    impossible = {
        "body": "HTTP APIs do not change bodies; let the function or service answer what callers shall see",
        "template": "HTTP APIs have no mapping templates; let the target build the answer",
    }
    set_headers: Annotated[
        dict[HeaderName, Value],
        about(
            f"Headers that get this value: {ANSWER_VALUES}.",
            examples=[{"x-request-id": "$context.requestId"}],
        ),
    ] = {}
    append_headers: Annotated[
        dict[HeaderName, Value],
        about("Headers that get this value besides what they have.", examples=[{"vary": "x-tenant"}]),
    ] = {}
    remove_headers: Annotated[
        list[HeaderName], about("Headers that the caller does not see.", examples=[["server"]])
    ] = []
    status: (
        Annotated[int, about("The status that the caller sees instead.", examples=[204], ge=200, le=599)]
        | None
    ) = None


def request_parameters(request: ApiRequest) -> dict[str, str]:
    """The changes in API Gateway's words: `overwrite:header.x-source` -> value."""
    path = {"overwrite:path": request.path} if request.path else {}
    return _headers(request) | _query(request) | path


def response_parameters(answers: Mapping[str, ApiResponse]) -> dict[str, dict[str, str]]:
    """The same for answers, by status."""
    return {
        status: _headers(answer) | ({"overwrite:statuscode": str(answer.status)} if answer.status else {})
        for status, answer in sorted(answers.items())
    }


def _headers(change: ApiRequest | ApiResponse) -> dict[str, str]:
    return _three("header", change.set_headers, change.append_headers, change.remove_headers)


def _query(change: ApiRequest) -> dict[str, str]:
    return _three("querystring", change.set_query, change.append_query, change.remove_query)


def _three(
    what: str, given: Mapping[str, str], added: Mapping[str, str], removed: Iterable[str]
) -> dict[str, str]:
    return {
        **{f"overwrite:{what}.{name}": value for name, value in sorted(given.items())},
        **{f"append:{what}.{name}": value for name, value in sorted(added.items())},
        **{f"remove:{what}.{name}": _REMOVED for name in sorted(removed)},
    }


def request_problems(request: ApiRequest, parameters: Iterable[str]) -> Iterator[Wrong]:
    """What is wrong with the changes of a request whose path has these parameters."""
    known = list(parameters)
    yield from _reserved(request)
    yield from _repeated("headers", request)
    yield from _repeated("query", request)
    for key, value in _values(request):
        yield from ((key, message) for message in _selections(value, _REQUEST, VALUES))
        for name in re.findall(r"\$\{?request\.path\.([^\s.{}]+)", value):
            if name not in known:
                yield key, f"the path of this route has no parameter '{name}'{suggest(name, known)}"


def response_problems(answer: ApiResponse) -> Iterator[Wrong]:
    """What is wrong with the changes of an answer."""
    yield from _reserved(answer)
    yield from _repeated("headers", answer)
    for key, value in _values(answer):
        yield from ((key, message) for message in _selections(value, _RESPONSE, ANSWER_VALUES))


def _names(change: ApiRequest | ApiResponse, what: str) -> Iterator[tuple[Path, str]]:
    """Every header or query parameter that is changed, with its place."""
    for key in (f"set_{what}", f"append_{what}", f"remove_{what}"):
        given = getattr(change, key)
        places = enumerate(given) if isinstance(given, list) else ((name, name) for name in given)
        yield from (((key, place), name) for place, name in places)


def _reserved(change: ApiRequest | ApiResponse) -> Iterator[Wrong]:
    for key, name in _names(change, "headers"):
        if name.lower() in RESERVED or name.lower().startswith(RESERVED_BEGINNINGS):
            yield key, f"API Gateway keeps the header '{name}' to itself; use one of another name"


def _repeated(what: str, change: ApiRequest | ApiResponse) -> Iterator[Wrong]:
    """Two changes of one thing have no order. Names of headers are the same in any case."""
    seen: set[str] = set()
    for key, name in _names(change, what):
        same = name.lower() if what == "headers" else name
        if same in seen:
            yield key, f"'{name}' is changed twice; set, append or remove it"
        seen.add(same)


def _values(change: ApiRequest | ApiResponse) -> Iterator[tuple[Path, str]]:
    for key in ("set_headers", "append_headers", "set_query", "append_query"):
        yield from (((key, name), value) for name, value in getattr(change, key, {}).items())
    if path := getattr(change, "path", None):
        yield ("path",), path


def _selections(value: str, allowed: str, words: str) -> Iterator[str]:
    """A message for everything in a value that looks like a selection and is none."""
    taken = re.findall(r"\$\{([^}]*)\}", value)
    if value.startswith("$") and not taken:
        taken = [value[1:]]
    if value.count("${") > len(taken):
        yield f"'{value}' opens a brace that it does not close; write ${{...}}"
        return
    for selection in taken:
        if not re.fullmatch(allowed, selection):
            yield f"'{value}' selects '{selection}', which means nothing here; write {words}"
