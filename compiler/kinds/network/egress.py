"""Egress -> the internet gateway, NAT gateways with their addresses, and the default routes."""

from __future__ import annotations

from typing import Any

from troposphere import GetAtt, Ref, ec2

from compiler.kinds.network import Network, nat_gateways, zones
from compiler.scope import Scope

ANYWHERE = "0.0.0.0/0"
PATH = ("egress",)


def add_egress(spec: Network, scope: Scope) -> None:
    """Adds what leads to the internet, and nothing when nothing does."""
    if spec.egress == "none" and not _invites(scope):
        return
    _internet_gateway(scope)
    gateways = nat_gateways(spec)
    for name in gateways:
        _nat_gateway(name, scope)
    for number, zone in enumerate(zones(spec) if gateways else ()):
        nat = gateways[number] if number < len(gateways) else gateways[0]
        _default_route(f"PrivateDefaultRoute{zone}", f"PrivateRouteTable{zone}", scope, _to_nat(nat, scope))


def _invites(scope: Scope) -> bool:
    """Whether a load balancer is open to the internet; it needs the gateway even when nothing may go out."""
    balancer = "load_balancer"
    return balancer in scope.platform.components and scope.value(balancer, "scheme") != "internal"


def _internet_gateway(scope: Scope) -> None:
    title, attachment = scope.id("InternetGateway"), scope.id("InternetGatewayAttachment")
    scope.add(ec2.InternetGateway(title), path=PATH)
    scope.add(
        ec2.VPCGatewayAttachment(attachment, VpcId=Ref(scope.id("Vpc")), InternetGatewayId=Ref(title)),
        path=PATH,
    )
    # A route to a gateway that is not attached yet is refused.
    _default_route("PublicDefaultRoute", "PublicRouteTable", scope, {"GatewayId": Ref(title)}, attachment)


def _nat_gateway(name: str, scope: Scope) -> None:
    # Without the attachment a NAT gateway cannot start, nor can an address be given back when all is deleted.
    waits = {"DependsOn": [scope.id("InternetGatewayAttachment")]}
    if name == "Regional":
        # Without addresses of ours AWS allocates and releases them, and follows the subnets into new zones.
        # Source: VPC user guide, "Regional NAT gateways for automatic multi-AZ expansion", 2026.
        place: dict[str, Any] = {"AvailabilityMode": "regional", "VpcId": Ref(scope.id("Vpc"))}
    else:
        address = scope.id(f"NatAddress{name}")
        scope.add(ec2.EIP(address, Domain="vpc", **waits), path=PATH)
        place = {
            "AllocationId": GetAtt(address, "AllocationId"),
            "SubnetId": Ref(scope.id(f"PublicSubnet{name}")),
        }
    gateway = ec2.NatGateway(scope.id(f"NatGateway{name}"), ConnectivityType="public", **place, **waits)
    scope.add(gateway, path=PATH)


def _to_nat(name: str, scope: Scope) -> dict[str, Any]:
    return {"NatGatewayId": Ref(scope.id(f"NatGateway{name}"))}


def _default_route(part: str, table: str, scope: Scope, to: dict[str, Any], *waits_for: str) -> None:
    extra = {"DependsOn": list(waits_for)} if waits_for else {}
    scope.add(
        ec2.Route(
            scope.id(part),
            RouteTableId=Ref(scope.id(table)),
            DestinationCidrBlock=ANYWHERE,
            **to,
            **extra,
        ),
        path=PATH,
    )
