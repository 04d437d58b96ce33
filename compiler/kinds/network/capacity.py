"""Network -> the addresses that its subnets have, and its ways out with what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from compiler.draw import ACCOUNT, Draw, Fact, Figures, Key, Pool, Tier, addresses
from compiler.kinds.network import ZONES, Network, nat_gateways, prices
from compiler.kinds.network.needed import GATEWAYS, called, interfaces
from compiler.kinds.network.slots import TIERS, subnet
from compiler.model import Component, Platform
from compiler.pricing.book import SHIPPED_REGION
from compiler.words import count as counted

# Addresses of each subnet that AWS keeps for itself. Source: SOURCE.
KEPT = 5
SOURCE = "VPC user guide, 'Subnet CIDR blocks', 2026"
# Source: VPC user guide, "Amazon VPC quotas", 2026.
MOST_ADDRESSES = 5
ELASTIC = Key(ACCOUNT, "elastic IP addresses")


def figures(component: Component, platform: Platform) -> Figures:
    """The subnets of each tier, who of the network itself lives in them, and the ways out."""
    spec = component.spec
    assert isinstance(spec, Network)
    block = IPv4Network(spec.cidr)
    for tier in TIERS:
        yield _subnet(block, tier)
    if spec.availability_zones < len(ZONES):
        further = (str(subnet(block, tier, spec.availability_zones)) for tier in TIERS)
        yield Fact("one zone more", f"has its subnets set aside, as large: {', '.join(further)}")
    yield from _ways_out(spec, platform)


def _subnet(block: IPv4Network, tier: Tier) -> Pool:
    first = subnet(block, tier, 0)
    how = f"a /{first.prefixlen} has {first.num_addresses:,}, AWS keeps {KEPT}"
    return Pool(addresses(tier), first.num_addresses - KEPT, how, SOURCE)


def _ways_out(spec: Network, platform: Platform) -> Iterator[Pool | Draw | Fact]:
    endpoints = interfaces(spec, platform)
    if endpoints:
        how = f"{counted(len(endpoints), 'interface endpoint')}, one address each"
        yield Draw(addresses("private"), len(endpoints), how, ("endpoints", "interface"))
    gateways = nat_gateways(spec)
    if gateways and spec.egress != "regional":
        yield Draw(addresses("public"), 1, "its NAT gateway", ("egress",))
        yield Pool(ELASTIC, MOST_ADDRESSES, "default quota", "VPC user guide, 'Amazon VPC quotas', 2026")
        yield Draw(ELASTIC, len(gateways), f"NAT gateways: {', '.join(gateways)}", ("egress",))
    yield Fact("ways out", _costs(spec, len(called(platform) - GATEWAYS), len(endpoints)))


def _costs(spec: Network, wanted: int, endpoints: int) -> str:
    """What the ways out cost, and what endpoints alone would."""
    now = prices.nat_month(spec) + prices.endpoints_month(endpoints, spec)
    alone = prices.endpoints_month(wanted, spec)
    return (
        f"egress {spec.egress}: {prices.nat_month(spec):.2f} USD a month for NAT and "
        f"{prices.endpoints_month(endpoints, spec):.2f} for {counted(endpoints, 'interface endpoint')} = "
        f"{now:.2f}; a GB costs {prices.usd('nat.gb')} through NAT, "
        f"{prices.usd('endpoint.interface.gb')} through endpoints; the "
        f"{counted(wanted, 'AWS service')} that components call from inside as endpoints alone: {alone:.2f} "
        f"(prices of {SHIPPED_REGION})"
    )
