"""Changes to requests and answers -> what is wrong with them that no schema can say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from compiler.diagnostics import suggest
from compiler.kinds.api.mapping import ANSWER_VALUES, VALUES, ApiRequest, ApiResponse
from compiler.model import Path

# What the value of a change may take from the request or the answer.
# Source: API Gateway developer guide, "Transform API requests and responses for HTTP APIs", 2026.
_EVERYWHERE = r"context\.[A-Za-z0-9_.]+"
_REQUEST = (
    rf"request\.(?:header|querystring|path)\.[^\s.{{}}]+|request\.body(?:\..+)?|request\.path|{_EVERYWHERE}"
)
_RESPONSE = rf"response\.header\.[^\s.{{}}]+|response\.body(?:\..+)?|{_EVERYWHERE}"

Wrong = tuple[Path, str]  # the place inside the change, and the message


def request_problems(request: ApiRequest, parameters: Iterable[str]) -> Iterator[Wrong]:
    """What is wrong with the changes of a request whose path has these parameters."""
    known = list(parameters)
    yield from _repeated("headers", request)
    yield from _repeated("query", request)
    for key, value in _values(request):
        yield from ((key, message) for message in _selections(value, _REQUEST, VALUES))
        for name in re.findall(r"\$\{?request\.path\.([^\s.{}]+)", value):
            if name not in known:
                yield key, f"the path of this route has no parameter '{name}'{suggest(name, known)}"


def response_problems(answer: ApiResponse) -> Iterator[Wrong]:
    """What is wrong with the changes of an answer."""
    yield from _repeated("headers", answer)
    for key, value in _values(answer):
        yield from ((key, message) for message in _selections(value, _RESPONSE, ANSWER_VALUES))


def names(change: ApiRequest | ApiResponse, what: str) -> Iterator[tuple[Path, str]]:
    """Every header or query parameter that is changed, with its place."""
    for key in (f"set_{what}", f"append_{what}", f"remove_{what}"):
        given = getattr(change, key)
        places = enumerate(given) if isinstance(given, list) else ((name, name) for name in given)
        yield from (((key, place), name) for place, name in places)


def _repeated(what: str, change: ApiRequest | ApiResponse) -> Iterator[Wrong]:
    """Two changes of one thing have no order. Names of headers are the same in any case."""
    seen: set[str] = set()
    for key, name in names(change, what):
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
