"""D021: a production key that is gone before anybody misses it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.encryption import Encryption
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_WARNING, Hit, Remedy
from compiler.units import seconds

ID = "D021"
SEVERITY = PRODUCTION_WARNING
SUMMARY = "a deleted production key can be brought back for less than two weeks"
WHY = (
    "All that a key encrypts is lost with it, backups included, and nothing brings it back after the window."
)
FIX = "Write `deletion_window: 30d`, or leave it out: production has it by default."
SOURCE = "AWS KMS developer guide, 'Delete an AWS KMS key', 2026"

LEAST, USUAL = "14d", "30d"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The window."""
    assert isinstance(component.spec, Encryption)
    window = component.spec.deletion_window
    if seconds(window) < seconds(LEAST):
        message = (
            f"a deleted key is gone for good after {window}, with all that it encrypts; write {LEAST} or more"
        )
        yield Hit(("deletion_window",), message, Remedy("set", ("deletion_window",), USUAL))
