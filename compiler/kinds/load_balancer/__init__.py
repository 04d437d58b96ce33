"""The load balancer that brings requests to the platform's services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compiler.kind import Kind
from compiler.kinds.load_balancer.checks import check
from compiler.kinds.load_balancer.existing import elsewhere
from compiler.kinds.load_balancer.spec import LoadBalancer
from compiler.kinds.load_balancer.waf import settings
from compiler.kinds.load_balancer.watching import alarms
from compiler.model import Component, Platform
from compiler.registry import all_kinds


def _promises(component: Component, platform: Platform) -> Iterable[str]:
    """Any load balancer of this type is in two zones at least; one with a firewall waits for its word."""
    assert isinstance(component.spec, LoadBalancer)
    asks = not component.adopted and settings(component.spec.waf) is not None
    return ("alb", "waf") if asks else ("alb",)


def _answers(component: Component, platform: Platform) -> Mapping[str, frozenset[str]]:
    kinds = all_kinds()
    made = (each for each in platform.components.values() if not each.adopted)
    behind = (each.name for each in made if component.kind in kinds[each.kind].brings(each.spec))
    return {name: frozenset({name}) for name in behind}


KIND = Kind(
    name="load_balancer",
    section="load_balancer",
    spec=LoadBalancer,
    layer="compute",
    summary="The load balancer in front of the services that have `http`.",
    singleton=True,
    needs=lambda spec: ("network",),
    check=check,
    check_adopted=lambda component, platform: elsewhere(platform),
    alarms=alarms,
    availability=_promises,
    answers=_answers,
)
