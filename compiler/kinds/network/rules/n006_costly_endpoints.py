"""N006: interface endpoints cost more than the NAT gateways beside them."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.network import Network, prices
from compiler.kinds.network.needed import called, interfaces
from compiler.model import Component, Platform
from compiler.pricing.book import SHIPPED_REGION
from compiler.rule import WARNING, Hit

ID = "N006"
SEVERITY = WARNING
SUMMARY = "interface endpoints cost more than the NAT gateways that lead to the same services"
WHY = (
    "Each interface endpoint is billed for every hour in every zone, whether it is used or not. Beside NAT "
    "gateways, which reach all services anyway, it pays only for services through which much data goes."
)
FIX = (
    "Keep the endpoints of the services that move most data, and leave out the others; or write "
    "`egress: none` when nothing calls the internet, and save the NAT gateways."
)
SOURCE = "Amazon VPC and AWS PrivateLink pricing, us-east-1, 2026-08"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Only endpoints that are written, beside a way out: without one they are the only way."""
    spec = component.spec
    assert isinstance(spec, Network)
    services = interfaces(spec, platform)
    endpoints, nat = prices.endpoints_month(len(services), spec), prices.nat_month(spec)
    if spec.egress != "none" and endpoints > nat:
        unused = sorted(set(services) - called(platform))
        needless = f", and {', '.join(unused)}, which no component calls" if unused else ""
        message = (
            f"{len(services)} endpoints in {spec.availability_zones} zones cost {endpoints:.2f} USD a month, "
            f"the NAT gateways beside them {nat:.2f} (prices of {SHIPPED_REGION}); each pays from "
            f"{prices.break_even(1, spec):,.0f} GB a month on; leave out those with less{needless}"
        )
        yield Hit(("endpoints", "interface"), message)
