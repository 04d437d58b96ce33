"""D022: key material that is never replaced."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.encryption import Encryption
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_ERROR, Hit, Remedy

ID = "D022"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "production keys are never rotated"
WHY = (
    "Rotation limits how much one piece of key material ever encrypts. It changes no id, re-encrypts nothing "
    "and asks nothing of anybody, so there is no reason against it."
)
FIX = "Write `rotation: true` under `encryption`, or leave it out."
SOURCE = "CIS AWS Foundations Benchmark, 3.6; AWS KMS developer guide, 'Rotate AWS KMS keys', 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The switch."""
    assert isinstance(component.spec, Encryption)
    if not component.spec.rotation:
        message = "'rotation: false' keeps the same key material for ever; write true"
        yield Hit(("rotation",), message, Remedy("set", ("rotation",), True))
