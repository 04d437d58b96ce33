"""C022: nobody counts production's tasks."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.cluster import Cluster
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_ERROR, Hit, Remedy

ID = "C022"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "production has a cluster without Container Insights"
WHY = (
    "Only Container Insights count the tasks that should run and those that do: without them the alarm "
    "`missing-tasks` of every service is left out, and a service that cannot start is found by its users."
)
FIX = "Leave `container_insights` at `enhanced`, or write `standard` to pay less."
SOURCE = "CloudWatch user guide, 'Amazon ECS Container Insights metrics', 2026"

PLACE = ("container_insights",)


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The word that turns them off, where there are services to watch."""
    spec = component.spec
    assert isinstance(spec, Cluster)
    if spec.container_insights == "none" and any(platform.of_kind("service")):
        message = (
            "'container_insights: none' leaves nobody to count the tasks, and no alarm for those that are "
            "missing; production needs 'standard' or 'enhanced'"
        )
        yield Hit(PLACE, message, Remedy("set", PLACE, "enhanced"))
