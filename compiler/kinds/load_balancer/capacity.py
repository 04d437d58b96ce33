"""Load balancer -> the rules and target groups that it takes, what it is billed by, and its addresses."""

from __future__ import annotations

from compiler.draw import Draw, Fact, Figures, Key, Pool, addresses
from compiler.kinds.load_balancer.spec import LoadBalancer
from compiler.model import Component, Platform

# Rules without the default ones, and target groups. Source: SOURCE.
MOST_RULES, MOST_GROUPS = 100, 100
SOURCE = "Elastic Load Balancing user guide, 'Quotas for your Application Load Balancers', 2026"
# To be free in each subnet, so that it can grow. Source: the same guide, "Subnets for your load balancer".
FREE = 8
# What one LCU is, whichever is used most. Source: Elastic Load Balancing pricing, 2026.
LCU = (
    "one is 25 new connections a second, 3,000 open ones, 1 GB an hour, or 1,000 evaluations of rules a "
    "second beyond the first 10 rules"
)


def figures(component: Component, platform: Platform) -> Figures:
    """Its quotas, and eight addresses in each zone."""
    spec = component.spec
    assert isinstance(spec, LoadBalancer)
    yield Pool(Key(component.name, "listener rules"), MOST_RULES, "default quota", SOURCE)
    yield Pool(Key(component.name, "target groups"), MOST_GROUPS, "default quota", SOURCE)
    yield Fact("capacity units (LCU)", LCU)
    tier = addresses("public" if spec.scheme == "internet_facing" else "private")
    yield Draw(tier, FREE, "free for it, so that it can grow", ("scheme",))
