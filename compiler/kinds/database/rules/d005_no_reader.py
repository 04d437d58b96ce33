"""D005: in production nobody takes over when the writer fails."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.database.spec import Database
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_ERROR, Hit, Remedy

ID = "D005"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "a production database has no reader"
WHY = (
    "When the writer or its zone fails, Aurora has to make a new instance, which takes up to 10 minutes. A "
    "reader takes over within a minute or two, and only with one does Aurora promise 99.99 %."
)
FIX = "Write `readers: 1` or more. The first reader is as large as the writer, so it can take over at once."
SOURCE = "Aurora user guide, 'High availability for Amazon Aurora'; Amazon Aurora SLA, 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The number of readers that are always there."""
    assert isinstance(component.spec, Database)
    if component.spec.readers == 0:
        message = "'readers: 0' leaves nobody to take over when the writer fails; write 1 or more"
        yield Hit(("readers",), message, Remedy("set", ("readers",), 1))
