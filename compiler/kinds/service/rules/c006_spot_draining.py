"""C006: a task on spare capacity that is stopped before its requests are finished."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.service.http import ServiceHttp
from compiler.kinds.service.spec import Service
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_WARNING, Hit
from compiler.units import duration, percent, seconds

ID = "C006"
SEVERITY = PRODUCTION_WARNING
SUMMARY = "a task on spare capacity may be killed while its requests may still go on"
WHY = (
    "Otherwise ECS stops a task when the load balancer has let go of it. When spare capacity is taken back, "
    "the signal to stop comes at once and the end `stop_timeout` later, two minutes at most; requests that "
    "`deregistration_delay` promises more time are cut off."
)
FIX = "Make `stop_timeout` as long as `deregistration_delay`, and both shorter than two minutes."
SOURCE = "AWS re:Post knowledge center, 'How do I handle Spot termination notices in AWS Fargate Spot tasks?'"

NOTICE = 120  # seconds; Source: ECS developer guide, "Amazon ECS clusters for Fargate", termination notices


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Both times of a service that has requests and may run on spare capacity."""
    spec = component.spec
    assert isinstance(spec, Service)
    if spec.http is None or not percent(spec.spot):
        return
    if seconds(spec.stop_timeout) < seconds(spec.http.deregistration_delay):
        yield Hit(("stop_timeout",), _message(spec, spec.http))


def _message(spec: Service, http: ServiceHttp) -> str:
    delay = seconds(http.deregistration_delay)
    write = (
        f"write `stop_timeout: {http.deregistration_delay}`"
        if delay <= NOTICE
        else f"write {duration(NOTICE)} for both, for there is no longer notice"
    )
    return (
        f"requests may go on for {http.deregistration_delay}, but a task on spare capacity is killed after "
        f"{spec.stop_timeout}; {write}"
    )
