"""What can be wrong with a service that its schema cannot say."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.blocks.fargate import checks
from compiler.kind import Problem
from compiler.kinds.service import calling, deployment, lag, listener_rules, strategy
from compiler.kinds.service.count import ServiceCount
from compiler.kinds.service.spec import Service
from compiler.model import Component, Platform
from compiler.units import seconds


def check(component: Component, platform: Platform) -> Iterable[Problem]:
    """Every contradiction inside a service, and between it and the rest of the platform."""
    spec = component.spec
    assert isinstance(spec, Service)
    yield from checks.problems(component, platform)
    yield from _count(component, spec, platform)
    yield from deployment.problems(spec.deployment)
    yield from strategy.problems(spec)
    yield from listener_rules.trial_problems(component, spec, platform)
    yield from _requests(component, spec, platform)
    yield from calling.problems(component, spec, platform)


def _count(component: Component, spec: Service, platform: Platform) -> Iterable[Problem]:
    if not isinstance(spec.count, ServiceCount):
        return
    if spec.count.requests and not spec.http:
        message = "a service without 'http' gets no requests to scale by; remove 'requests' or add 'http'"
        yield Problem(("count", "requests"), "E210", message)
    yield from lag.problems(component, spec.count, platform)


def _requests(component: Component, spec: Service, platform: Platform) -> Iterable[Problem]:
    if spec.http is None:
        for user in sorted({c.consumer for c in platform.users_of(component.name) if c.verb == "route"}):
            message = f"'{user}' routes to '{component.name}', which takes no requests; give it 'http'"
            yield Problem((), "E202", message)
        return
    check = spec.http.health_check
    if seconds(check.timeout) >= seconds(check.interval):
        message = f"the 'timeout' {check.timeout} must be shorter than the 'interval' {check.interval}"
        yield Problem(("http", "health_check", "timeout"), "E210", message)
    yield from listener_rules.problems(component, spec.http, platform)
