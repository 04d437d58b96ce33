"""What can be wrong with a service that its schema cannot say."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.kind import Problem
from compiler.kinds.service import folders, rules
from compiler.kinds.service.count import ServiceCount
from compiler.kinds.service.fargate import MEMORY, memory, moving, registry
from compiler.kinds.service.spec import Service
from compiler.model import Component, Platform
from compiler.units import not_whole, seconds


def check(component: Component, platform: Platform) -> Iterable[Problem]:
    """Every contradiction inside a service, and between it and the rest of the platform."""
    spec = component.spec
    assert isinstance(spec, Service)
    yield from _image(spec, platform)
    yield from _memory(spec)
    yield from _count(spec)
    yield from _whole(spec)
    yield from folders.problems(component, spec)
    yield from _requests(component, spec, platform)


def _image(spec: Service, platform: Platform) -> Iterable[Problem]:
    image = spec.image
    if (image.repository is None) == (image.location is None):
        yield Problem(("image",), "E210", "an image has either a 'repository' or a 'location'")
        return
    if image.location and (image.tag or image.digest):
        yield Problem(("image",), "E210", "a 'location' already holds the tag; remove 'tag' and 'digest'")
    if image.repository and (image.tag is None) == (image.digest is None):
        yield Problem(("image",), "E210", "an image in a repository has either a 'tag' or a 'digest'")
        return
    if platform.environment.profile == "production" and moving(spec):
        message = "'latest' can be another image tomorrow; production needs a version or a digest"
        yield Problem(("image", "location" if image.location else "tag"), "E210", message)
    yield from _unreachable(spec, platform)


def _unreachable(spec: Service, platform: Platform) -> Iterable[Problem]:
    network = platform.components.get("network")
    # A kind does not import another; that a network without egress says so in this word is part of the spec.
    closed = network is not None and getattr(network.spec, "egress", None) == "none"
    if closed and registry(spec) is None:
        message = (
            f"'{spec.image.location}' cannot be pulled: the network has no egress; "
            "copy the image to an ECR repository of the account, or give the network another 'egress'"
        )
        yield Problem(("image", "location"), "E210", message)


def _memory(spec: Service) -> Iterable[Problem]:
    offered = MEMORY[spec.cpu]
    if memory(spec) not in offered:
        listed = (
            ", ".join(map(str, offered))
            if len(offered) <= 4
            else f"{offered[0]} to {offered[-1]} in steps of {offered[1] - offered[0]}"
        )
        message = f"Fargate has no {spec.memory} MiB with {spec.cpu} CPU units; it has: {listed}"
        yield Problem(("memory",), "E210", message)


def _count(spec: Service) -> Iterable[Problem]:
    if not isinstance(spec.count, ServiceCount):
        return
    if spec.count.min > spec.count.max:
        message = f"'min' {spec.count.min} is greater than 'max' {spec.count.max}"
        yield Problem(("count", "min"), "E210", message)
    if spec.count.requests and not spec.http:
        message = "a service without 'http' gets no requests to scale by; remove 'requests' or add 'http'"
        yield Problem(("count", "requests"), "E210", message)


def _whole(spec: Service) -> Iterable[Problem]:
    units = {"spot": "%", "writable_size": "MiB", "ephemeral_storage": "GiB"}
    for key, unit in units.items():
        if (value := getattr(spec, key)) and (message := not_whole(value, unit)):
            yield Problem((key,), "E105", message)


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
    yield from rules.problems(component, spec.http, platform)
