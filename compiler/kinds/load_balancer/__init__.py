"""The load balancer that brings requests to the platform's services."""

from __future__ import annotations

from compiler.kind import Kind
from compiler.kinds.load_balancer.checks import check
from compiler.kinds.load_balancer.existing import elsewhere
from compiler.kinds.load_balancer.spec import LoadBalancer
from compiler.kinds.load_balancer.watching import alarms

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
)
