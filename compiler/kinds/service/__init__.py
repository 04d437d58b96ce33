"""Containers that keep running: Fargate services, with or without requests from a load balancer."""

from __future__ import annotations

from compiler.blocks.fargate.helpers import services_called
from compiler.blocks.fargate.quotas import VCPU
from compiler.kind import Kind, Verb
from compiler.kinds.service.checks import check
from compiler.kinds.service.spec import Service
from compiler.kinds.service.watching import alarms


def _brings(spec: Service) -> tuple[str, ...]:
    return ("cluster", "load_balancer") if spec.http else ("cluster",)


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
        "route": Verb("answer an API's requests; only with `http`", network=True, derived_only=True),
    },
    injects=True,
    calls=services_called,
    needs=lambda spec: ("network",),
    brings=_brings,
    check=check,
    alarms=alarms,
    quotas=(VCPU,),
)
