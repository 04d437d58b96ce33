"""API -> what is wrong with it that no schema can say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.diagnostics import suggest
from compiler.kind import Problem, Reference
from compiler.kinds.api import authorizers, domain, routes
from compiler.kinds.api.mapping_problems import request_problems, response_problems
from compiler.kinds.api.spec import Api, ApiRoute, routes_of
from compiler.model import Component, Platform
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
    for key, route in routes_of(spec).items():
        yield from _auth(spec, key, route)
        yield from _changes(key, route)
    yield from _unverifiable(spec, platform)
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
