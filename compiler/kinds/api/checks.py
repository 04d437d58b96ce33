"""API -> what is wrong with it that no schema can say."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from compiler.diagnostics import suggest
from compiler.kind import Problem, Reference
from compiler.kinds.api import authorizers, cors, domain, routes
from compiler.kinds.api.mapping_problems import request_problems, response_problems
from compiler.kinds.api.spec import Api, ApiRoute, routes_of
from compiler.model import Component, Path, Platform
from compiler.units import milliseconds, seconds
from compiler.words import either


def references(spec: Api) -> list[Reference]:
    """One for each target, at its first route, and one for each function that authorizers ask."""
    first: dict[str, str] = {}
    for key, route in routes_of(spec).items():
        first.setdefault(route.to, key)
    targets = [Reference(("routes", key), target, "route") for target, key in sorted(first.items())]
    return [*targets, *authorizers.references(spec.authorizers)]


def check(spec: Api, component: Component, platform: Platform) -> Iterable[Problem]:
    """Every problem of one API."""
    for key, message in routes.problems(sorted(spec.routes)):
        yield Problem(("routes", key), "E210", message)
    yield from authorizers.problems(spec.authorizers)
    yield from _slow(spec, platform)
    for key, route in routes_of(spec).items():
        yield from _auth(spec, key, route)
        yield from _changes(key, route)
        yield from _outlasting(component, key, route, platform)
    yield from _unverifiable(spec, platform)
    if spec.cors:
        yield from cors.problems(spec.cors)
    if spec.domain:
        yield from domain.problems(spec.domain, component, platform)


def _auth(spec: Api, key: str, route: ApiRoute) -> Iterator[Problem]:
    """An authorizer that does not exist, and scopes that nobody looks at."""
    allowed = ["iam", "none", *sorted(spec.authorizers)]
    if route.auth not in allowed:
        message = f"auth must be {either(allowed)}, not '{route.auth}'{suggest(route.auth, allowed)}"
        unknown = "" if spec.authorizers else "; `authorizers` names others"
        yield Problem(("routes", key, "auth"), "E104", message + unknown)
    elif route.scopes and not (route.auth in spec.authorizers and spec.authorizers[route.auth].jwt):
        message = f"`scopes` are of tokens, which '{route.auth}' does not read; name an authorizer with `jwt`"
        yield Problem(("routes", key, "scopes"), "E210", message)


def _changes(key: str, route: ApiRoute) -> Iterator[Problem]:
    if route.request:
        for place, message in request_problems(route.request, routes.parameters(key)):
            yield Problem(("routes", key, "request", *place), "E210", message)
    for status, answer in sorted(route.response.items()):
        for place, message in response_problems(answer):
            yield Problem(("routes", key, "response", status, *place), "E210", message)


def _outlasting(component: Component, key: str, route: ApiRoute, platform: Platform) -> Iterator[Problem]:
    """A function that goes on when its caller has long been told that it failed.

    The defaults of both are not held against each other: somebody must have written one of the two.
    """
    most = math.ceil(milliseconds(route.timeout) / 1000)
    place: Path = ("routes", key, "timeout")
    here = _written(platform, (*component.path, *place))
    function = platform.components.get(route.to)
    if function and _may_run(function) > most and (here or _written(platform, (*function.path, "timeout"))):
        message = (
            f"'{route.to}' may run for {_may_run(function)}s, but its caller waits {route.timeout}; give "
            f"'{route.to}' a `timeout` of {most}s or less, and leave longer work to a function behind a queue"
        )
        yield Problem(place if here else ("routes", key), "E210", message)


def _slow(spec: Api, platform: Platform) -> Iterator[Problem]:
    """A function that is asked who may call, and that was told to take its time."""
    for name, authorizer in sorted(spec.authorizers.items()):
        function = platform.components.get(authorizer.function or "")
        if (
            function
            and _may_run(function) > seconds(authorizers.ANSWER)
            and _written(platform, (*function.path, "timeout"))
        ):
            message = (
                f"'{function.name}' may run for {_may_run(function)}s, but an API waits {authorizers.ANSWER} "
                f"for an authorizer; give '{function.name}' a `timeout` of {authorizers.ANSWER} or less"
            )
            yield Problem(("authorizers", name, "function"), "E210", message)


def _may_run(target: Component) -> int:
    """The seconds that a call of a function may take; 0 for anything else, and where nobody here knows."""
    known = target.kind == "function" and not target.adopted
    return seconds(getattr(target.spec, "timeout", "0s")) if known else 0


def _written(platform: Platform, path: Path) -> bool:
    found = platform.provenance.get(path)
    return found is not None and found.source != "default"


def _unverifiable(spec: Api, platform: Platform) -> Iterator[Problem]:
    """Over TLS, API Gateway must be told which name the load balancer's certificate has to bear."""
    balancer = platform.components.get("load_balancer")
    if balancer and _nameless(balancer):
        for reference in references(spec):
            target = platform.components.get(reference.target)
            if target and target.kind == "service" and reference.verb == "route":
                key = "existing: {domain: ...}" if balancer.adopted else "domain: ..."
                message = (
                    f"'{reference.target}' is behind a load balancer with a certificate; "
                    f"say which name to verify with `load_balancer: {{{key}}}`"
                )
                yield Problem(reference.path, "E210", message)


def _nameless(balancer: Component) -> bool:
    """Whether it has a certificate, and no name on it is said; a kind does not import another."""
    existing = getattr(balancer.spec, "existing", None)
    certified = existing.https if existing else getattr(balancer.spec, "certificate", None)
    return bool(certified) and not getattr(existing or balancer.spec, "domain", None)
