"""C019: production would lose most of a service with AWS's spare capacity."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.service.count import at_least
from compiler.kinds.service.rules.c003_single_task import LEAST
from compiler.kinds.service.spec import Service
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_ERROR, Hit
from compiler.units import percent

ID = "C019"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "production has a service that spare capacity alone keeps up"
WHY = (
    "AWS takes spare capacity back with two minutes' notice, from many tasks at once, and may have none to "
    "give for hours; what is not on Fargate's own capacity is then gone."
)
FIX = "Lower `spot`, or run more tasks, until two are left when all spare ones are gone."
SOURCE = "ECS developer guide, 'Amazon ECS clusters for Fargate', termination notices, 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """What is certain to be left of the least number of tasks."""
    spec = component.spec
    assert isinstance(spec, Service)
    tasks, spare = at_least(spec.count), int(percent(spec.spot))
    left = _left(tasks, spare)
    if spare and left < min(LEAST, tasks):
        message = (
            f"with {spare}% on spare capacity, {left} of {tasks} tasks are left when AWS takes it back; "
            f"production needs {LEAST}: {_advice(tasks)}"
        )
        yield Hit(("spot",), message)


def _left(tasks: int, spare: int) -> int:
    """Of a mixture the first task is never spare, and of the others the share that is whole tasks."""
    return 0 if spare == 100 else min(tasks, 1 + (tasks - 1) * (100 - spare) // 100)


def _advice(tasks: int) -> str:
    most = next((spare for spare in range(99, 0, -1) if _left(tasks, spare) >= LEAST), 0)
    return f"write {most}% or less" if most else "write 0%, or let more tasks run"
