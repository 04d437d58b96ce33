"""Ways out of the VPC -> what they cost in a month."""

from __future__ import annotations

from compiler.kinds.network import Network, nat_gateways
from compiler.pricing.book import HOURS, SHIPPED_REGION, shipped


def usd(wanted: str) -> float:
    """What one unit costs in us-east-1; other regions differ by some percent and in the same direction."""
    price = shipped().price(wanted, SHIPPED_REGION)
    assert price is not None
    return price.usd


def nat_month(spec: Network) -> float:
    """USD a month of the NAT gateways and their addresses; a regional one is billed by zone."""
    count = spec.availability_zones if spec.egress == "regional" else len(nat_gateways(spec))
    return count * (usd("nat.hour") + usd("ipv4.hour")) * HOURS


def endpoints_month(services: int, spec: Network) -> float:
    """USD a month of interface endpoints for so many services, one in each zone."""
    return services * spec.availability_zones * usd("endpoint.interface.hour") * HOURS


def break_even(services: int, spec: Network) -> float:
    """GB a month that must pass the endpoints instead of a NAT gateway before they are cheaper."""
    return endpoints_month(services, spec) / (usd("nat.gb") - usd("endpoint.interface.gb"))
