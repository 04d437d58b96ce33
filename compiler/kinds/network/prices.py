"""Ways out of the VPC -> what they cost in a month."""

from __future__ import annotations

from compiler.kinds.network import Network, nat_gateways

# USD of us-east-1, on-demand, 2026-08; other regions differ by some percent and in the same direction.
# Source: Amazon VPC pricing; infracost golden files of 2024-07 and 2024-10, from the AWS Price List API.
NAT_HOUR, NAT_GB = 0.045, 0.045
ADDRESS_HOUR = 0.005
ENDPOINT_HOUR, ENDPOINT_GB = 0.01, 0.01
HOURS = 730  # of a month


def nat_month(spec: Network) -> float:
    """USD a month of the NAT gateways and their addresses; a regional one is billed by zone."""
    count = spec.availability_zones if spec.egress == "regional" else len(nat_gateways(spec))
    return count * (NAT_HOUR + ADDRESS_HOUR) * HOURS


def endpoints_month(services: int, spec: Network) -> float:
    """USD a month of interface endpoints for so many services, one in each zone."""
    return services * spec.availability_zones * ENDPOINT_HOUR * HOURS


def break_even(services: int, spec: Network) -> float:
    """GB a month that must pass the endpoints instead of a NAT gateway before they are cheaper."""
    return endpoints_month(services, spec) / (NAT_GB - ENDPOINT_GB)
