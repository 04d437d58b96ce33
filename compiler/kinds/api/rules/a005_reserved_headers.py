"""A005: a route changes a header that API Gateway keeps to itself."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.api.mapping import ApiRequest, ApiResponse
from compiler.kinds.api.mapping_problems import names
from compiler.kinds.api.spec import Api, ApiRoute, routes_of
from compiler.model import Component, Path, Platform
from compiler.rule import ERROR, Hit

ID = "A005"
SEVERITY = ERROR
WAIVABLE = False
SUMMARY = "a route changes a header that API Gateway keeps to itself"
WHY = "API Gateway refuses the integration, and with it the whole deployment of the API."
FIX = "Send the value in a header of another name, or leave this one alone."
SOURCE = "API Gateway developer guide, 'Transform API requests and responses for HTTP APIs', 2026"

RESERVED = frozenset(
    (
        "authorization", "connection", "content-encoding", "content-length", "content-location", "forwarded",
        "keep-alive", "origin", "proxy-authenticate", "proxy-authorization", "te", "trailers",
        "transfer-encoding", "upgrade", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
    )
)  # fmt: skip
BEGINNINGS = ("access-control-", "apigw-", "x-amz-", "x-amzn-")


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Every such header, of requests and of answers."""
    spec = component.spec
    assert isinstance(spec, Api)
    for key, route in routes_of(spec).items():
        for place, change in _changes(route):
            for step, name in names(change, "headers"):
                if name.lower() in RESERVED or name.lower().startswith(BEGINNINGS):
                    message = f"API Gateway keeps the header '{name}' to itself; use one of another name"
                    yield Hit(("routes", key, *place, *step), message)


def _changes(route: ApiRoute) -> Iterator[tuple[Path, ApiRequest | ApiResponse]]:
    if route.request:
        yield ("request",), route.request
    yield from ((("response", status), answer) for status, answer in sorted(route.response.items()))
