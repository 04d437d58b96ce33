"""C014: production has zones without a task of the service."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.service.count import at_least
from compiler.kinds.service.rules.c003_single_task import LEAST
from compiler.kinds.service.spec import Service
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_WARNING, Hit

ID = "C014"
SEVERITY = PRODUCTION_WARNING
SUMMARY = "production has a service with fewer tasks than the network has zones"
WHY = (
    "A zone without a task carries nothing, though it is paid for, and when one of the others fails a larger "
    "share of the tasks is gone at once: half of two, not a third of three."
)
FIX = "Let as many tasks run as there are zones, or use fewer zones."
SOURCE = "ECS developer guide, 'Balancing an Amazon ECS service across Availability Zones', 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Two tasks or more, but not one for each zone; of networks that exist already nobody here knows.

    A kind does not import another; that a network says so in this word is part of the spec.
    """
    spec = component.spec
    assert isinstance(spec, Service)
    network = platform.components.get("network")
    zones = 0 if network is None or network.adopted else getattr(network.spec, "availability_zones", 0)
    tasks = at_least(spec.count)
    if LEAST <= tasks < zones:
        path = ("count",) if isinstance(spec.count, int) else ("count", "min")
        yield Hit(path, f"{tasks} tasks leave {zones - tasks} of {zones} zones without one; write {zones}")
