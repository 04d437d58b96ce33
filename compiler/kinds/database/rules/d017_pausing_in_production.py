"""D017: a production database goes to sleep."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.database.spec import Database
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_ERROR, Hit, Remedy

ID = "D017"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "a production database pauses when it is idle"
WHY = (
    "The first connection after a pause waits for about 15 seconds, after a day of rest for 30 or more, "
    "which is longer than most clients, health checks and the API's own limit of 30 seconds allow."
)
FIX = "Write a `capacity` whose `min` is 0.5 or more."
SOURCE = "Aurora user guide, 'Scaling to Zero ACUs with automatic pause and resume', 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The least capacity."""
    assert isinstance(component.spec, Database)
    if component.spec.capacity.min == 0:
        message = (
            "'min: 0' lets the database pause, and whoever comes first waits for about 15 seconds; "
            "write 0.5 or more"
        )
        yield Hit(("capacity", "min"), message, _remedy(component.spec))


def _remedy(spec: Database) -> Remedy | None:
    """None where `pause_after` would be left without its `min: 0`."""
    return None if spec.capacity.pause_after else Remedy("set", ("capacity", "min"), 0.5)
