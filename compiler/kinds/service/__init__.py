"""Containers that keep running: Fargate services, with or without requests from a load balancer."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.blocks.fargate.helpers import services_called
from compiler.blocks.fargate.quotas import VCPU
from compiler.kind import Kind, Verb
from compiler.kinds.service.checks import check
from compiler.kinds.service.count import ServiceCount
from compiler.kinds.service.spec import Service
from compiler.kinds.service.watching import alarms
from compiler.model import Component, Platform
from compiler.units import percent


def _brings(spec: Service) -> tuple[str, ...]:
    return ("cluster", "load_balancer") if spec.http else ("cluster",)


def _promises(component: Component, platform: Platform) -> Iterable[str]:
    """What is promised counts tasks in two zones; nothing is of tasks that may be stopped at any time."""
    spec = component.spec
    assert isinstance(spec, Service)
    least = spec.count.min if isinstance(spec.count, ServiceCount) else spec.count
    if percent(spec.spot):
        return ("fargate_spot",)
    return ("fargate_multi_zone",) if least > 1 else ("fargate_single_task",)


KIND = Kind(
    name="service",
    section="services",
    spec=Service,
    layer="compute",
    summary="Containers that keep running on Fargate, by name.",
    verbs={
        "call": Verb(
            "call it by its name, from another service; only with `http` or `port`",
            environment={"URL": "url", "SERVICE_NAME": "name"},
            network=True,
            order="a task finds only services that were there when it started",
        ),
        "route": Verb(
            "answer an API's requests; only with `http`",
            network=True,
            derived_only=True,
            through="load_balancer",
        ),
    },
    injects=True,
    calls=services_called,
    needs=lambda spec: ("network",),
    brings=_brings,
    check=check,
    alarms=alarms,
    availability=_promises,
    quotas=(VCPU,),
)
