"""A VPC that exists already."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.kinds.network import Network
from compiler.model import Component, Platform
from compiler.scope import Attribute


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The VPC and its subnets by tier."""
    assert isinstance(component.spec, Network)
    existing = component.spec.existing
    assert existing is not None
    tiers = {
        "private": existing.private_subnets,
        "isolated": existing.isolated_subnets,
        "public": existing.public_subnets or (),
    }
    return {
        "vpc_id": Attribute(existing.vpc),
        "vpc_cidr": Attribute(existing.cidr),
        # Filesystems have a mount target in each zone's isolated subnet.
        "availability_zones": Attribute(len(existing.isolated_subnets)),
        **{f"{tier}_subnet_ids": Attribute(list(ids)) for tier, ids in tiers.items()},
    }
