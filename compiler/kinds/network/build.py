"""Network -> a VPC with private, public and isolated subnets, and all that leads into and out of it.

The VPC's own default security group stays as AWS makes it; nothing refers to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any

from troposphere import GetAtt, GetAZs, Ref, Select, ec2

from compiler import names
from compiler.kinds.network import Network, nat_attribute, nat_gateways, zones
from compiler.kinds.network.egress import add_egress
from compiler.kinds.network.endpoints import add_endpoints
from compiler.kinds.network.flow_logs import add_flow_logs
from compiler.kinds.network.slots import TIERS, Tier, subnet
from compiler.model import Component, Platform
from compiler.scope import Attribute, Scope

SUBNETS = "List<AWS::EC2::Subnet::Id>"


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The VPC, its subnets by tier, its zones, and the ids and addresses of its NAT gateways."""
    spec = component.spec
    assert isinstance(spec, Network)

    def title(part: str) -> str:
        return names.logical_id(component.name, part)

    tiers = {
        f"{tier}_subnet_ids": Attribute(
            [Ref(title(subnet_part(tier, zone))) for zone in zones(spec)], SUBNETS
        )
        for tier in TIERS
    }
    gateways = nat_gateways(spec)
    nat = {nat_attribute(name): Attribute(Ref(title(f"NatGateway{name}"))) for name in gateways}
    # What partners must let in. Not for a regional gateway: its addresses come and go.
    addresses = [GetAtt(title(f"NatAddress{name}"), "PublicIp") for name in gateways if name != "Regional"]
    if addresses:
        nat["egress_addresses"] = Attribute(addresses, "CommaDelimitedList", shown=True)
    return {
        "vpc_id": Attribute(Ref(title("Vpc")), "AWS::EC2::VPC::Id", shown=True),
        "vpc_cidr": Attribute(spec.cidr),
        "availability_zones": Attribute(spec.availability_zones),
        **tiers,
        **nat,
    }


def build(component: Component, scope: Scope) -> None:
    """Adds the VPC and everything in it that belongs to no other component."""
    spec = component.spec
    assert isinstance(spec, Network)
    add_vpc(spec, scope)
    add_egress(spec, scope)
    add_endpoints(spec, scope)
    if spec.flow_logs:
        add_flow_logs(scope)


def add_vpc(spec: Network, scope: Scope) -> None:
    """Adds a VPC and its subnets, with no way in or out."""
    scope.add(
        ec2.VPC(scope.id("Vpc"), CidrBlock=spec.cidr, EnableDnsHostnames=True, EnableDnsSupport=True),
        path=("cidr",),
    )
    for tier in TIERS:
        _tier(tier, spec, scope)


def _tier(tier: Tier, spec: Network, scope: Scope) -> None:
    """The subnets of one tier and their route tables.

    Private subnets have a table each, even with one gateway for all: another egress changes routes only.
    """
    for number, zone in enumerate(zones(spec)):
        title = scope.id(subnet_part(tier, zone))
        scope.add(
            ec2.Subnet(
                title,
                VpcId=Ref(scope.id("Vpc")),
                CidrBlock=str(subnet(IPv4Network(spec.cidr), tier, number)),
                MapPublicIpOnLaunch=False,
                **_zone(spec, number),
            ),
            path=("availability_zones",),
        )
        table = f"{names.pascal(tier)}RouteTable{zone if tier == 'private' else ''}"
        if tier == "private" or number == 0:
            scope.add(ec2.RouteTable(scope.id(table), VpcId=Ref(scope.id("Vpc"))))
        scope.add(
            ec2.SubnetRouteTableAssociation(
                f"{title}Routes", SubnetId=Ref(title), RouteTableId=Ref(scope.id(table))
            )
        )


def _zone(spec: Network, number: int) -> dict[str, Any]:
    if spec.availability_zone_ids:
        return {"AvailabilityZoneId": spec.availability_zone_ids[number]}
    return {"AvailabilityZone": Select(number, GetAZs(""))}


def subnet_part(tier: Tier, zone: str) -> str:
    """A subnet, as a part of its logical id."""
    return f"{names.pascal(tier)}Subnet{zone}"
