"""Templates -> what can be there only once: names, and places such as a range of addresses or a priority."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compiler.assembly import Assembly, Stack, dumps
from compiler.deploy import moving
from compiler.review.paths import is_intrinsic

Template = Mapping[str, Any]

# What has no name takes a place, and these properties say which; one that is a function may be any.
# Source: CloudFormation template reference and the EC2, ELB, EFS and Lambda API references, 2026-11.
PLACES: Mapping[str, tuple[str, ...]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": ("ResourceId", "ScalableDimension"),
    "AWS::EC2::Route": ("DestinationCidrBlock", "DestinationIpv6CidrBlock"),
    "AWS::EC2::SecurityGroupEgress": ("IpProtocol", "FromPort", "ToPort", "CidrIp"),
    "AWS::EC2::SecurityGroupIngress": ("IpProtocol", "FromPort", "ToPort", "CidrIp"),
    "AWS::EC2::Subnet": ("CidrBlock",),
    "AWS::EC2::SubnetRouteTableAssociation": (),
    "AWS::EC2::VPCEndpoint": ("ServiceName",),
    "AWS::EC2::VPCGatewayAttachment": (),
    "AWS::EFS::MountTarget": (),
    "AWS::ElasticLoadBalancingV2::Listener": ("Port",),
    "AWS::ElasticLoadBalancingV2::ListenerRule": ("Priority",),
    "AWS::Lambda::EventSourceMapping": (),
    "AWS::Route53::RecordSet": ("Name", "Type"),
}


def wanted(stack: Stack, live: Mapping[str, Template], after: Assembly) -> set[str]:
    """The logical ids of a live stack that stand in the way of something else in the assembly.

    Of places only what is new in other stacks counts: in the stack itself CloudFormation makes the new one
    before it deletes the old one, in one phase or in two.
    """
    old = live[stack.name]
    near = [other for other in after.stacks if after.region_of(other) == after.region_of(stack)]
    names = {named for other in near for named in moving.names_in(other.template).values()}
    there = {logical_id for logical_id, named in moving.names_in(old).items() if named in names}
    others = [other for other in near if other is not stack]
    new = [place for other in others for place in _new_places(other, live.get(other.name, {}))]
    return there | {logical_id for logical_id, place in _places(old).items() if _is_taken(place, new)}


def _new_places(stack: Stack, old: Template) -> Iterable[tuple[str, ...]]:
    was = _places(old)
    return [place for logical_id, place in _places(stack.template).items() if logical_id not in was]


def _places(template: Template) -> dict[str, tuple[str, ...]]:
    """Type and place of what takes one, by logical id; an empty text where only AWS knows."""
    return {
        logical_id: (resource["Type"], *(_value(resource, name) for name in PLACES[resource["Type"]]))
        for logical_id, resource in (template.get("Resources") or {}).items()
        if resource.get("Type") in PLACES
    }


def _value(resource: Mapping[str, Any], name: str) -> str:
    value = (resource.get("Properties") or {}).get(name)
    return "" if is_intrinsic(value) else dumps(value)


def _is_taken(place: tuple[str, ...], others: Iterable[tuple[str, ...]]) -> bool:
    """Whether one of the others is, or may be, the same."""
    return any(
        len(other) == len(place) and all(a == b or not a or not b for a, b in zip(place, other, strict=True))
        for other in others
    )
