"""D026: a production table that cannot be taken back in time."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.table.spec import Table
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_ERROR, Hit, Remedy
from compiler.units import seconds

ID = "D026"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "a production table cannot be restored to a point in time"
WHY = (
    "DynamoDB makes no other backups by itself. A plan of `backups` has one of each day at best, so that a "
    "bad write costs up to a day of good ones."
)
FIX = "Write `recovery: 35d`, or leave it out: production has it by default."
SOURCE = "DynamoDB developer guide, 'Point-in-time backups for DynamoDB', 2026"

USUAL = "35d"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """How far back."""
    assert isinstance(component.spec, Table)
    if seconds(component.spec.recovery) == 0:
        message = f"'recovery: {component.spec.recovery}' lets no bad write be undone; write {USUAL}"
        yield Hit(("recovery",), message, Remedy("set", ("recovery",), USUAL))
