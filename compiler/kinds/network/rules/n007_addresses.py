"""N007: a subnet has too few addresses for what may run in it."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from compiler import capacity
from compiler.draw import Tier, addresses
from compiler.kinds.network import Network
from compiler.kinds.network.capacity import KEPT
from compiler.kinds.network.capacity import SOURCE as SOURCE
from compiler.kinds.network.slots import LARGEST_PREFIX, TIERS, subnet
from compiler.model import Component, Platform
from compiler.rule import STRICT_IN_PRODUCTION, Hit

ID = "N007"
SEVERITY = STRICT_IN_PRODUCTION
SUMMARY = "a subnet has fewer addresses than its components take when all is busiest"
WHY = (
    "A task without an address does not start. It happens at the worst time: with the most tasks, while a "
    "new version comes, for then old and new ones run side by side. And a VPC's block can never be changed."
)
FIX = "Choose a larger `cidr` before the first deployment; afterwards, lower the `max` of services."


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Each tier: what all components draw in one zone against one subnet."""
    spec = component.spec
    assert isinstance(spec, Network)
    for tier in TIERS:
        found = capacity.balance(addresses(tier), platform)
        if found is None or not found.is_short:
            continue
        own = subnet(IPv4Network(spec.cidr), tier, 0)
        message = (
            f"each {tier} subnet of {spec.cidr} is a /{own.prefixlen}, {found.pool.most:,.0f} addresses "
            f"without the {KEPT} that AWS keeps, but {found.total:,.0f} are taken in a zone when all is "
            f"busiest: {found.sum_in_words}; {_advice(found.total, tier, spec)}"
        )
        yield Hit(("cidr",), message)


def _advice(total: float, tier: Tier, spec: Network) -> str:
    """The smallest block in which the subnets of the tier are large enough."""
    own = IPv4Network(spec.cidr).prefixlen
    for prefix in range(own - 1, LARGEST_PREFIX - 1, -1):
        if subnet(IPv4Network((0, prefix)), tier, 0).num_addresses - KEPT >= total:
            return f"write a /{prefix}, or fewer of what takes most"
    return "write fewer of what takes most"
