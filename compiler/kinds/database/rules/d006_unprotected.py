"""D006: a production database that one call deletes."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.database.spec import Database
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_ERROR, Hit, Remedy

ID = "D006"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "a production database can be deleted"
WHY = (
    "A replacement that nobody saw in a review, or a call in the wrong account, takes the database away. "
    "A final snapshot keeps the data, but nothing answers until it is restored, under another endpoint."
)
FIX = "Write `deletion_protection: true`, or leave it out: production has it by default."
SOURCE = "Aurora user guide, 'Deletion protection for Aurora clusters', 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The switch."""
    assert isinstance(component.spec, Database)
    if not component.spec.deletion_protection:
        message = "'deletion_protection: false' lets one call delete the database; write true"
        yield Hit(("deletion_protection",), message, Remedy("set", ("deletion_protection",), True))
