"""Availability zones: those of the region, and those that the subnets of the templates will be in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compiler.deploy.account import Read
from compiler.preflight.site import Resource, Site
from compiler.preflight.values import number

ZONES = Read("ec2", "DescribeAvailabilityZones", "AvailabilityZones")
SUBNET = "AWS::EC2::Subnet"


def zones(site: Site) -> tuple[Mapping[str, Any], ...]:
    """The region's usable zones in the order of `Fn::GetAZs`, which is that of their names."""
    real = [{"Name": "zone-type", "Values": ["availability-zone"]}]
    found = site.account.ask(ZONES, Filters=real)
    usable = [zone for zone in found if zone.get("State") == "available"]
    return tuple(sorted(usable, key=lambda zone: str(zone["ZoneName"])))


def zone_of(subnet: Resource, known: tuple[Mapping[str, Any], ...]) -> str | None:
    """The name of the zone that a subnet of ours will be in; None when the region has no such zone."""
    place = position(subnet)
    if place is not None:
        return str(known[place]["ZoneName"]) if place < len(known) else None
    said = subnet.properties.get("AvailabilityZoneId") or subnet.properties.get("AvailabilityZone")
    names = {zone[key]: str(zone["ZoneName"]) for zone in known for key in ("ZoneId", "ZoneName")}
    return names.get(said) if isinstance(said, str) else None


def position(subnet: Resource) -> int | None:
    """Which of the region's zones a subnet asks for, from 0; None when it names one."""
    match subnet.properties.get("AvailabilityZone"):
        case {"Fn::Select": [int() | str() as place, {"Fn::GetAZs": _}]}:
            return number(place)
        case _:
            return None
