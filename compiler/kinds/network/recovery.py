"""Network -> a VPC in the second region with the same subnets, and no way in or out until it is needed."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from troposphere import Ref

from compiler import names
from compiler.kinds.network import Network, zones
from compiler.kinds.network.build import SUBNETS, add_vpc, subnet_part
from compiler.model import Component, Platform
from compiler.protection import Outlook, stands_by
from compiler.scope import Attribute, Scope


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The VPC there, and its isolated subnets, where data is."""
    spec = component.spec
    assert isinstance(spec, Network)
    if not stands_by(platform):
        return {}
    vpc = Ref(names.recovery_id(component.name, "Vpc"))
    subnets = [Ref(names.recovery_id(component.name, subnet_part("isolated", zone))) for zone in zones(spec)]
    return {
        "recovery_vpc_id": Attribute(vpc, "AWS::EC2::VPC::Id", "recovery-network", shown=True),
        "recovery_isolated_subnet_ids": Attribute(subnets, SUBNETS, "recovery-network"),
    }


def build(component: Component, scope: Scope) -> None:
    """Adds the VPC: gateways and endpoints cost by the hour and come with what runs there."""
    spec = component.spec
    assert isinstance(spec, Network)
    if stands_by(scope.platform):
        # The ids of zones are those of a region.
        cidr = spec.recovery_cidr or spec.cidr
        there = msgspec.structs.replace(spec, cidr=cidr, availability_zone_ids=None)
        add_vpc(there, scope.at("recovery-network"))


def outlook(component: Component, platform: Platform) -> Outlook | None:
    """A network holds no data."""
    return None
