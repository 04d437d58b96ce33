"""Which requests go to which service: the order of the listener's rules, and who is in whose way."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from compiler.kind import Problem
from compiler.kinds.service.deployment import ServiceTrial
from compiler.kinds.service.http import ServiceHttp
from compiler.kinds.service.spec import Service
from compiler.model import Component, Platform

# Source: Elastic Load Balancing user guide, "Listener rules": priorities are 1 to 50,000, the lowest first.
MAX_PRIORITY = 50_000
# Deeper paths come first, so that /admin is not swallowed by /; beyond four levels all are alike.
DEPTHS = 5
HOSTS = 3  # one host, all below a host, any host
BAND = MAX_PRIORITY // (HOSTS * DEPTHS)


def priority(component: Component, http: ServiceHttp) -> int:
    """The place of a service's rule, which depends on nothing but the service itself.

    So services come and go without renumbering others. Rules for a host come before those for all hosts.
    """
    if http.priority:
        return http.priority
    depth = min(len([part for part in http.path.split("/") if part]), DEPTHS - 1)
    band = _vagueness(http.host) * DEPTHS + (DEPTHS - 1 - depth)
    return band * BAND + 1 + zlib.crc32(component.name.encode()) % BAND


def trial_priority(component: Component, http: ServiceHttp, trial: ServiceTrial) -> int:
    """The place of the rule for requests on trial: anywhere before the service's own."""
    before = max(priority(component, http) - 1, 1)
    return trial.priority or 1 + zlib.crc32(f"{component.name}:trial".encode()) % before


def _vagueness(host: str | None) -> int:
    if host is None:
        return 2
    return 1 if host.startswith("*") else 0


def problems(component: Component, http: ServiceHttp, platform: Platform) -> Iterable[Problem]:
    """Another service with the same priority, or one that takes every request first."""
    own = priority(component, http)
    for other, theirs in _others(component, platform):
        place = priority(other, theirs)
        if place == own and other.name < component.name:
            yield Problem(
                ("http",),
                "E210",
                f"'{component.name}' and '{other.name}' both have the priority {own} on the load balancer; "
                f"give one of them another 'http.priority'",
            )
        elif place < own and _covers(theirs, http):
            yield Problem(
                ("http", "path"),
                "E210",
                f"'{component.name}' gets no request: '{other.name}' takes {theirs.path} first; "
                f"change 'http.path', 'http.host' or 'http.priority' of one of them",
            )


def trial_problems(component: Component, spec: Service, platform: Platform) -> Iterable[Problem]:
    """A rule for requests on trial that comes too late, or has the place of another."""
    trial = spec.deployment.trial
    if trial is None or spec.http is None:
        return
    path, place = ("deployment", "trial"), trial_priority(component, spec.http, trial)
    own = priority(component, spec.http)
    if place >= own:
        message = (
            f"the requests on trial would never be seen: their rule has the priority {place}, the service's "
            f"own {own}; give 'trial' a lower 'priority', or raise 'http.priority'"
        )
        yield Problem(path, "E210", message)
    for other, theirs in _others(component, platform):
        assert isinstance(other.spec, Service)
        taken = {priority(other, theirs)}
        if other.spec.deployment.trial:
            taken.add(trial_priority(other, theirs, other.spec.deployment.trial))
        if place in taken:
            message = (
                f"the rule of '{other.name}' has the priority {place} as well; "
                f"give 'trial' another 'priority'"
            )
            yield Problem(path, "E210", message)


def _others(component: Component, platform: Platform) -> Iterator[tuple[Component, ServiceHttp]]:
    for other in platform.of_kind(component.kind):
        assert isinstance(other.spec, Service)
        if other.spec.http and other is not component:
            yield other, other.spec.http


def _covers(wide: ServiceHttp, narrow: ServiceHttp) -> bool:
    """Whether every request for the one also fits the other."""
    below = f"{narrow.path.rstrip('/')}/".startswith(f"{wide.path.rstrip('/')}/")
    return below and (wide.host is None or fnmatchcase(narrow.host or "", wide.host))
