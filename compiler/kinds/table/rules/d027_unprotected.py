"""D027: a production table that one call deletes."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.table.spec import Table
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_ERROR, Hit, Remedy

ID = "D027"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "a production table can be deleted"
WHY = "One call in the wrong account takes the table and its stream away, until somebody restores it."
FIX = "Write `deletion_protection: true`, or leave it out: production has it by default."
SOURCE = "DynamoDB developer guide, 'Using deletion protection to protect your table', 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The switch."""
    assert isinstance(component.spec, Table)
    if not component.spec.deletion_protection:
        message = "'deletion_protection: false' lets one call delete the table; write true"
        yield Hit(("deletion_protection",), message, Remedy("set", ("deletion_protection",), True))
