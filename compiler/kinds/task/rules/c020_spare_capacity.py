"""C020: production's tasks may be ended halfway."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.task.spec import Task
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_WARNING, Hit, Remedy
from compiler.units import percent

ID = "C020"
SEVERITY = PRODUCTION_WARNING
SUMMARY = "production runs a task on spare capacity, where it may be ended halfway"
WHY = (
    "AWS takes spare capacity back with two minutes' notice, and nobody starts the task again: `retries` are "
    "of starts that ECS refused, not of tasks that ended."
)
FIX = "Remove `spot`, or waive this for work that notes how far it came and may wait for its next time."
SOURCE = "ECS developer guide, 'Amazon ECS clusters for Fargate', termination notices, 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Any share of spare capacity."""
    spec = component.spec
    assert isinstance(spec, Task)
    if percent(spec.spot):
        message = (
            f"'spot: {spec.spot}' may end '{component.name}' halfway with two minutes' notice, and nobody "
            "starts it again; write 0%"
        )
        yield Hit(("spot",), message, Remedy("set", ("spot",), "0%"))
