"""A004: CORS with credentials, and with a `*`."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.api.spec import Api
from compiler.model import Component, Platform
from compiler.rule import ERROR, Hit

ID = "A004"
SEVERITY = ERROR
WAIVABLE = False
SUMMARY = "`allow_credentials` stands beside a `*`"
WHY = (
    "To a browser that sends cookies, `*` is not everybody but a host or a header of that name, so it "
    "refuses every answer."
)
FIX = "List the origins, methods and headers that are allowed, or remove `allow_credentials`."
SOURCE = "Fetch standard, 'CORS protocol and credentials'; API Gateway developer guide, 'CORS for HTTP APIs'"

LISTS = ("allow_origins", "allow_methods", "allow_headers", "expose_headers")


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Every list that says `*` beside credentials."""
    spec = component.spec
    assert isinstance(spec, Api)
    if spec.cors is None or not spec.cors.allow_credentials:
        return
    for word in LISTS:
        if "*" in getattr(spec.cors, word):
            message = f"browsers refuse `{word}: *` together with `allow_credentials`; list what is allowed"
            yield Hit(("cors", word), message)
