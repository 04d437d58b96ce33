"""C011: a function that goes on when its caller has long been told that it failed."""

from __future__ import annotations

import math
from collections.abc import Iterator

from compiler.kinds.api import authorizers
from compiler.kinds.api.spec import Api, ApiRoute, routes_of
from compiler.model import Component, Path, Platform
from compiler.rule import ERROR, Hit
from compiler.units import milliseconds, seconds

ID = "C011"
SEVERITY = ERROR
SUMMARY = "a function may run for longer than the API in front of it waits"
WHY = (
    "The caller gets an error and tries again while the first call still works, so things happen twice, and "
    "every late second is billed. No API waits longer than 30 s, and for an authorizer only 10 s."
)
FIX = "Give the function a `timeout` within that of its routes; leave longer work to one behind a queue."
SOURCE = "API Gateway developer guide, 'Quotas for configuring and running an HTTP API', 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Every such route, and every authorizer's function that was told to take its time."""
    spec = component.spec
    assert isinstance(spec, Api)
    for key, route in routes_of(spec).items():
        yield from _route(component, key, route, platform)
    for name, authorizer in sorted(spec.authorizers.items()):
        yield from _authorizer(name, platform.components.get(authorizer.function or ""), platform)


def _route(component: Component, key: str, route: ApiRoute, platform: Platform) -> Iterator[Hit]:
    """The defaults of both are not held against each other: somebody must have written one of the two."""
    most = math.ceil(milliseconds(route.timeout) / 1000)
    place: Path = ("routes", key, "timeout")
    here = _written(platform, (*component.path, *place))
    function = platform.components.get(route.to)
    if function and _may_run(function) > most and (here or _written(platform, (*function.path, "timeout"))):
        message = (
            f"'{route.to}' may run for {_may_run(function)}s, but its caller waits {route.timeout}; give "
            f"'{route.to}' a `timeout` of {most}s or less, and leave longer work to a function behind a queue"
        )
        yield Hit(place if here else ("routes", key), message)


def _authorizer(name: str, function: Component | None, platform: Platform) -> Iterator[Hit]:
    most = seconds(authorizers.ANSWER)
    if function and _may_run(function) > most and _written(platform, (*function.path, "timeout")):
        message = (
            f"'{function.name}' may run for {_may_run(function)}s, but an API waits {authorizers.ANSWER} "
            f"for an authorizer; give '{function.name}' a `timeout` of {authorizers.ANSWER} or less"
        )
        yield Hit(("authorizers", name, "function"), message)


def _may_run(target: Component) -> int:
    """The seconds that a call of a function may take; 0 for anything else, and where nobody here knows."""
    known = target.kind == "function" and not target.adopted
    return seconds(getattr(target.spec, "timeout", "0s")) if known else 0


def _written(platform: Platform, path: Path) -> bool:
    found = platform.provenance.get(path)
    return found is not None and found.source != "default"
