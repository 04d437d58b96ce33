"""C009: a service whose tasks the load balancer gives up before they may be ready."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.service.spec import Service
from compiler.model import Component, Platform
from compiler.rule import ERROR, Hit, Remedy
from compiler.units import duration, seconds

ID = "C009"
SEVERITY = ERROR
SUMMARY = "the load balancer gives a new task less time than the container's own check does"
WHY = (
    "Either check can end a task. One that is still starting, as its `start_period` allows, is replaced by "
    "another that starts for just as long: the service never gets up, and every deployment is taken back."
)
FIX = "Make `http.health_check.grace_period` at least as long as `health_check.start_period`."
SOURCE = "ECS developer guide, 'Optimize load balancer health check parameters for Amazon ECS', 2026"

PLACE = ("http", "health_check", "grace_period")


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """What the container may need against the longer of the grace period and the time to be found unwell."""
    spec = component.spec
    assert isinstance(spec, Service)
    if spec.http is None or spec.health_check is None:
        return
    own, asked = spec.health_check.start_period, spec.http.health_check
    unwell = asked.unhealthy_threshold * seconds(asked.interval)
    given = max(seconds(asked.grace_period), unwell)
    if seconds(own) > given:
        message = (
            f"the container may take {own} to start, but is replaced after {duration(given)}: the "
            f"`grace_period` is {asked.grace_period}, and {asked.unhealthy_threshold} checks fail in "
            f"{unwell}s; write {own}"
        )
        yield Hit(PLACE, message, Remedy("set", PLACE, own))
