"""D029: a generated value of production that is never replaced."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.secret import Secret
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_WARNING, Hit

ID = "D029"
SEVERITY = PRODUCTION_WARNING
SUMMARY = "a generated production secret is never rotated"
WHY = (
    "A value that leaked, in a log line or a laptop's shell history, opens the door until somebody replaces "
    "it by hand. Nobody knows that it leaked."
)
FIX = (
    "Write `rotation: {every: 30d}` where consumers can take a new value; waive it for keys that must not "
    "change, such as one that encrypts data at rest."
)
SOURCE = "AWS Foundational Security Best Practices, SecretsManager.1 and SecretsManager.4, 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Rotation, of values that nobody supplies; without a remedy, for consumers have to follow."""
    spec = component.spec
    assert isinstance(spec, Secret)
    if not spec.supplied and spec.rotation is None:
        message = (
            "the value is made once and never again; write `rotation: {every: 30d}`, or waive this if it "
            "must not change"
        )
        yield Hit((), message)
