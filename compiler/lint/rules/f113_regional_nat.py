"""F113: a regional NAT gateway with properties that only a zonal one takes, or without its own."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject

ID = "F113"
SEVERITY = "error"
SUMMARY = "a regional NAT gateway is described like a zonal one"
WHY = "EC2 refuses it: a regional gateway belongs to the VPC, is public, and finds its subnets itself."
FIX = "Give VpcId; leave out SubnetId and private connectivity."
SOURCE = "VPC user guide, 'Regional NAT gateways for automatic multi-AZ expansion', 2026"

ZONAL = ("SubnetId", "AllocationId", "PrivateIpAddress", "SecondaryAllocationIds")


def check(subject: Subject) -> Iterator[Hit]:
    """Each property that does not belong."""
    for resource in subject.of("AWS::EC2::NatGateway"):
        found = resource.properties
        if found.get("AvailabilityMode") != "regional":
            continue
        for name in ZONAL:
            if name in found:
                yield resource.hit(f"{name} does not belong to a regional NAT gateway; leave it out", name)
        if "VpcId" not in found:
            yield resource.hit("a regional NAT gateway needs VpcId")
        if found.get("ConnectivityType") == "private":
            yield resource.hit("a regional NAT gateway cannot be private", "ConnectivityType")
