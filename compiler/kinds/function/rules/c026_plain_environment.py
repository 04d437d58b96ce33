"""C026: production's variables are under no key of the platform."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.function import Function
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_ERROR, Hit, Remedy

ID = "C026"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "production has a function whose environment variables are not under the platform's key"
WHY = (
    "With AWS's own key, everybody who may read the function's configuration reads the variables too; with "
    "the platform's, they need the right to use it, and its use is recorded."
)
FIX = "Leave `encrypt_environment` on in production."
SOURCE = "Lambda developer guide, 'Securing Lambda environment variables', 2026"

PLACE = ("encrypt_environment",)


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The switch turned off."""
    spec = component.spec
    assert isinstance(spec, Function)
    if not spec.encrypt_environment:
        message = (
            "'encrypt_environment: false' shows the variables to everybody who may read the configuration; "
            "production needs true"
        )
        yield Hit(PLACE, message, Remedy("set", PLACE, True))
