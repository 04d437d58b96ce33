"""C004: a service that would stay at no task for ever."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.service.count import ServiceCount
from compiler.kinds.service.spec import Service
from compiler.model import Component, Platform
from compiler.rule import ERROR, Hit, Remedy

ID = "C004"
SEVERITY = ERROR
WAIVABLE = False
SUMMARY = "a service may be scaled to no task, from where nothing brings it back"
WHY = (
    "CPU, memory and requests for each task are measured at tasks, and the lag of a stream at whoever reads "
    "it. Without a task there is no metric, the alarm that would add one has no data, and it stays at none."
)
FIX = "Write a `min` of 1; to stop a service write `count: 0`, and for work that comes seldom use a function."
SOURCE = "ECS developer guide, 'Use a target metric to scale Amazon ECS services', considerations, 2026"

PLACE = ("count", "min")


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Limits that begin with none, whatever is scaled by."""
    spec = component.spec
    assert isinstance(spec, Service)
    if isinstance(spec.count, ServiceCount) and spec.count.min == 0:
        message = (
            f"with no task there is no {_measured(spec.count)} to scale by, so none would ever start; write "
            "1, or `count: 0` to stop the service"
        )
        yield Hit(PLACE, message, Remedy("set", PLACE, 1))


def _measured(count: ServiceCount) -> str:
    if count.requests:
        return "request"
    if count.stream_lag:
        return "lag"
    return "memory use" if count.memory_percentage and not count.cpu_percentage else "CPU use"
