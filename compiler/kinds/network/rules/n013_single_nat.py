"""N013: production depends on one zone's NAT gateway."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.network import Network
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_ERROR, Hit

ID = "N013"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "production has one NAT gateway for all zones"
WHY = (
    "When its zone fails, nothing in the other zones reaches the internet, images and AWS services included."
)
FIX = "Write `egress: per_az`, or `egress: regional`, for production."
SOURCE = "VPC user guide, 'NAT gateway basics'"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The word that makes it one."""
    spec = component.spec
    assert isinstance(spec, Network)
    if spec.egress == "single":
        message = (
            f"'egress: single' makes all {spec.availability_zones} zones depend on one; "
            "write 'per_az' or 'regional'"
        )
        yield Hit(("egress",), message)
