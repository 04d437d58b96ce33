"""D001: capacity that Aurora does not take."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.database.spec import Database
from compiler.model import Component, Platform
from compiler.rule import ERROR, Hit

ID = "D001"
SEVERITY = ERROR
WAIVABLE = False
SUMMARY = "a database's capacity contradicts itself"
WHY = "RDS refuses a cluster whose least capacity is above its most, or that is to pause above 0 ACU."
FIX = "Write a `min` that is not above `max`; write `pause_after` only beside `min: 0`."
SOURCE = "RDS API reference, 'ServerlessV2ScalingConfiguration', 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The two limits, and when it pauses."""
    assert isinstance(component.spec, Database)
    capacity = component.spec.capacity
    if capacity.min > capacity.max:
        message = (
            f"'min: {capacity.min:g}' is more than 'max: {capacity.max:g}'; "
            f"write {capacity.max:g} or less, or raise 'max'"
        )
        yield Hit(("capacity", "min"), message)
    if capacity.pause_after and capacity.min > 0:
        message = f"a database pauses only with 'min: 0', not {capacity.min:g}; remove 'pause_after'"
        yield Hit(("capacity", "pause_after"), message)
