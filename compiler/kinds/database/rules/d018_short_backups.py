"""D018: a production database that can only be taken back a few days."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.database.spec import Database
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_ERROR, Hit, Remedy
from compiler.units import seconds

ID = "D018"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "a production database keeps its backups for less than a week"
WHY = (
    "What went wrong is often seen days later, after a weekend say. By then a database that keeps a day of "
    "backups holds nothing from before it."
)
FIX = "Write `backup: {retention: 7d}` or more; production has 14d by default, and 35d is the most."
SOURCE = "Aurora user guide, 'Backups', 2026; AWS Foundational Security Best Practices, RDS.11: 7 days"

LEAST = "7d"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The retention of Aurora's own backups."""
    assert isinstance(component.spec, Database)
    kept = component.spec.backup.retention
    if seconds(kept) < seconds(LEAST):
        message = (
            f"backups are kept for {kept}, and a mistake may be older when it is seen; write {LEAST} or more"
        )
        yield Hit(("backup", "retention"), message, Remedy("set", ("backup", "retention"), LEAST))
