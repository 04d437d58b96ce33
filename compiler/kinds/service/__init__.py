"""Containers that keep running: Fargate services, with or without requests from a load balancer."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.kind import Kind, Verb
from compiler.kinds.service.checks import check
from compiler.kinds.service.fargate import registry
from compiler.kinds.service.spec import Service
from compiler.kinds.service.watching import alarms


def _calls(spec: Service) -> Iterable[str]:
    yield "logs"
    if registry(spec):
        yield from ("ecr.api", "ecr.dkr")
    if spec.exec:
        yield "ssmmessages"


def _brings(spec: Service) -> tuple[str, ...]:
    return ("cluster", "load_balancer") if spec.http else ("cluster",)


KIND = Kind(
    name="service",
    section="services",
    spec=Service,
    layer="compute",
    summary="Containers that keep running on Fargate, by name.",
    verbs={"route": Verb("answer an API's requests; only with `http`", network=True, derived_only=True)},
    injects=True,
    calls=_calls,
    needs=lambda spec: ("network",),
    brings=_brings,
    check=check,
    alarms=alarms,
)
