"""A VPC's block -> the blocks of its subnets, each in a slot that never moves."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Literal, NamedTuple

Tier = Literal["private", "public", "isolated"]

# The largest block a VPC may have. Source: VPC user guide, "VPC CIDR blocks", 2026.
LARGEST_PREFIX = 16
# The smallest that holds every slot: a load balancer wants a /27.
# Source: Elastic Load Balancing user guide, "Application Load Balancers: subnets", 2026.
SMALLEST_PREFIX = 23
# Each tier has slots for one zone more than a platform may use: powers of two need no other arithmetic.
SLOTS = 4


class Slots(NamedTuple):
    """Where a tier lies, counted in sixteenths of the VPC's block."""

    first: int
    each: int  # from one zone's slot to the next
    bits: int  # how much longer a subnet's prefix is than the block's
    longest: int  # but never longer than this: small blocks spend their slots whole


# In a /16: private subnets are /20, the others /24, and each has free space right behind it.
TIERS: dict[Tier, Slots] = {
    "private": Slots(first=0, each=2, bits=4, longest=26),
    "public": Slots(first=8, each=1, bits=8, longest=27),
    "isolated": Slots(first=12, each=1, bits=8, longest=27),
}


def subnet(block: IPv4Network, tier: Tier, zone: int) -> IPv4Network:
    """The block of one subnet: a function of its tier and zone alone, so a further zone renumbers nothing.

    `block` is a /16 to a /23, `zone` counts from 0.
    """
    slots = TIERS[tier]
    start = block.network_address + (slots.first + slots.each * zone) * (block.num_addresses // 16)
    return IPv4Network((start, min(block.prefixlen + slots.bits, slots.longest)))
