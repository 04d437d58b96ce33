"""P053: availability zones of the region."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from compiler.preflight.check import Hit, Look
from compiler.preflight.site import Resource, Site
from compiler.preflight.zones import SUBNET, ZONES, position, zone_of, zones

ID = "P053"
TITLE = "availability zones"
SUMMARY = (
    "Whether the region has as many zones as the network uses, and those that it names, in this account."
)
SOURCE = "Amazon EC2 API reference, DescribeAvailabilityZones"
READS = (ZONES,)


def looks(site: Site) -> Iterator[Look]:
    """One, when there are subnets."""
    if subnets := list(site.of(SUBNET)):
        yield partial(_look, site, subnets)


def _look(site: Site, subnets: list[Resource]) -> Iterator[Hit]:
    known = zones(site)
    lost = [subnet for subnet in subnets if zone_of(subnet, known) is None]
    if not lost:
        return
    have = ", ".join(f"{zone['ZoneName']} ({zone['ZoneId']})" for zone in known)
    if counted := [number for subnet in lost if (number := position(subnet)) is not None]:
        message = f"the network uses {max(counted) + 1} zones, but {site.region} has {len(known)}: {have}"
        yield Hit("error", message, "set a smaller `availability_zones`", lost[0])
    for subnet in lost:
        said = subnet.properties.get("AvailabilityZoneId") or subnet.properties.get("AvailabilityZone")
        if isinstance(said, str):
            message = f"there is no zone '{said}' in {site.region} for this account; there are {have}"
            yield Hit("error", message, "name zones that are there with `availability_zone_ids`", subnet)
