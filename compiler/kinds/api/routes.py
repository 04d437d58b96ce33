"""Route keys, as `GET /devices/{id}`: their form, their contradictions, and what is derived from them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

from compiler import names

# Source: API Gateway developer guide, "Create routes for HTTP APIs", 2026.
_METHOD = "(?:ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT)"
_SEGMENT = r"/(?:[A-Za-z0-9._~%!$&'()*,;=:@-]+|\{[A-Za-z0-9_.-]+\})"
_GREEDY = r"/\{[A-Za-z0-9_.-]+\+\}"
KEY = rf"^(?:\$default|{_METHOD} (?:/|(?:{_SEGMENT})+(?:{_GREEDY})?|{_GREEDY}))$"
_PLAIN = re.compile(r"[A-Z]+ /(?:[a-z][a-z0-9]*(?:/[a-z][a-z0-9]*)*)?")
_PARAMETER = re.compile(r"\{([^}+]+)(\+?)\}")


def problems(keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """A route's key and what is wrong with it, for each that repeats a parameter or another route."""
    first: dict[str, str] = {}
    for key in keys:
        named = parameters(key)
        for name in sorted({name for name in named if named.count(name) > 1}):
            yield key, f"the path has two parameters named '{name}'; rename one"
        other = first.setdefault(_PARAMETER.sub(r"{\2}", key), key)
        if other != key:
            yield key, f"'{key}' and '{other}' match the same requests; remove one of them"


def parameters(key: str) -> list[str]:
    """The names of the parameters in a route's path: `GET /devices/{id}` -> `id`."""
    return [name for name, _ in _PARAMETER.findall(key)]


def part(key: str) -> str:
    """The part of a logical id that stands for a route: words, and six digits where they are ambiguous.

    `POST /telemetry` -> `PostTelemetry`; `/a-b`, `/a/b` and `/a/{b}` would else be one.
    """
    method, _, path = key.partition(" ")
    words = names.pascal(f"{method.lower()} {path}")
    plain = key == "$default" or _PLAIN.fullmatch(key)
    return words if plain else words + hashlib.sha256(key.encode()).hexdigest()[:6]


def invocation(key: str) -> str:
    """The end of the ARN with which API Gateway calls a function for this route: `*/POST/telemetry`.

    Every parameter is a `*`, for it may stand for anything; so is the stage, for there is only one.
    Source: API Gateway developer guide, "Working with AWS Lambda proxy integrations for HTTP APIs", 2026.
    """
    method, _, path = key.partition(" ")
    if not path:
        return "*"
    return f"*/{'*' if method == 'ANY' else method}{_PARAMETER.sub('*', path)}"
