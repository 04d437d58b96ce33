"""API -> the requests that it lets through, of those that an account may have."""

from __future__ import annotations

from compiler import connect
from compiler.draw import ACCOUNT, Draw, Figures, Key, Pool, addresses
from compiler.kinds.api.spec import Api, ApiThrottle, routes_of
from compiler.model import Component, Path, Platform

# Requests a second, and at one moment, of all APIs of an account in a region.
# Source: SOURCE; "the default throttle quota" of the regions below is a quarter.
RATE, BURST = 10_000, 5_000
SLOW_RATE, SLOW_BURST = 2_500, 1_250
SLOW_REGIONS = frozenset(
    {
        "af-south-1", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
        "ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1",
        "me-central-1", "mx-central-1",
    }
)  # fmt: skip
SOURCE = "API Gateway developer guide, 'Amazon API Gateway quotas', 2026"
A_SECOND = Key(ACCOUNT, "API requests a second")
AT_ONCE = Key(ACCOUNT, "API requests at one moment")


def figures(component: Component, platform: Platform) -> Figures:
    """What its throttle lets through, and the addresses of its link into the network."""
    spec = component.spec
    assert isinstance(spec, Api)
    slow = platform.environment.region in SLOW_REGIONS
    how = f"default quota in {platform.environment.region}"
    yield Pool(A_SECOND, SLOW_RATE if slow else RATE, how, SOURCE)
    yield Pool(AT_ONCE, SLOW_BURST if slow else BURST, how, SOURCE)
    throttles = _throttles(spec)
    path, most = max(throttles.items(), key=lambda found: found[1].rate)
    yield Draw(A_SECOND, most.rate, _where(path), (*path, "rate"))
    path, most = max(throttles.items(), key=lambda found: found[1].burst)
    yield Draw(AT_ONCE, most.burst, _where(path), (*path, "burst"))
    if connect.needs_network(component, platform):
        yield Draw(addresses("private"), 1, "its VPC link")


def _throttles(spec: Api) -> dict[Path, ApiThrottle]:
    """The API's own throttle, and those of routes, which are instead of it."""
    routes: dict[Path, ApiThrottle] = {
        ("routes", key, "throttle"): route.throttle
        for key, route in routes_of(spec).items()
        if route.throttle
    }
    return {("throttle",): spec.throttle, **routes}


def _where(path: Path) -> str:
    return "its `throttle`" if len(path) == 1 else f"the `throttle` of '{path[1]}'"
