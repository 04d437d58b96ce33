"""N002: a block without room for the subnets of three zones."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from compiler.kinds.network import Network, blocks
from compiler.kinds.network.cidr import malformed, too_small
from compiler.model import Component, Platform
from compiler.rule import ERROR, Hit

ID = "N002"
SEVERITY = ERROR
WAIVABLE = False
SUMMARY = "a network's block has no room for three tiers in three zones"
WHY = (
    "Every subnet has a slot that never moves, so that a third zone renumbers nothing. A VPC's block cannot "
    "be changed, and a load balancer wants a /27 in each zone."
)
FIX = "Write a larger block: a /16 to a /23."
SOURCE = "Elastic Load Balancing user guide, 'Application Load Balancers: subnets'"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Each block that is too small."""
    spec = component.spec
    assert isinstance(spec, Network)
    for name, text in blocks(spec):
        if not malformed(text) and (wrong := too_small(IPv4Network(text))):
            yield Hit((name,), wrong)
