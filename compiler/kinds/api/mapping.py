"""What users may write of changes to requests and answers on their way, and API Gateway's words for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

import msgspec

from compiler.kind import Record, about

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
