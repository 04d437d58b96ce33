"""D007: a version whose standard support has ended, or soon will."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from compiler.kinds.database.engine import AS_OF, STANDARD_SUPPORT_ENDS, major
from compiler.kinds.database.spec import Database
from compiler.model import Component, Platform
from compiler.rule import WARNING, Hit

ID = "D007"
SEVERITY = WARNING
SUMMARY = "a database's major version leaves standard support within a year"
WHY = (
    "Databases are made without Extended Support, which is billed by the ACU on top. So RDS upgrades the "
    "major version by itself after standard support has ended, whether the application is ready or not, and "
    "refuses to make a new database of the old version, for another environment say."
)
FIX = "Plan the upgrade to a later major version, and write that as `version` when it is done."
SOURCE = (
    "Aurora PostgreSQL release notes, 'Release calendar for major versions'; RDS API reference, "
    "'EngineLifecycleSupport', 2026"
)

SOON = timedelta(days=365)


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The version's last day, compared with the day of the data: the answer is the same every day."""
    assert isinstance(component.spec, Database)
    version = component.spec.version
    if major(version) in (leaving := _leaving()):
        message = (
            f"standard support of PostgreSQL {major(version)} ends on {leaving[major(version)]}, and RDS "
            f"upgrades '{version}' by itself then; move to {max(leaving) + 1} or later before that "
            f"(as of {AS_OF})"
        )
        yield Hit(("version",), message)


def _leaving() -> dict[int, str]:
    """The major versions whose support ends soon, or has ended, with their last days."""
    soon = date.fromisoformat(AS_OF) + SOON
    return {of: last for of, last in STANDARD_SUPPORT_ENDS.items() if date.fromisoformat(last) <= soon}
