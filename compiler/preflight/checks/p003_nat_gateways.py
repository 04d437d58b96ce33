"""P003: NAT gateways per availability zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

from compiler.deploy.account import Read
from compiler.preflight.check import Hit, Look
from compiler.preflight.quotas import APPLIED, DEFAULT, increase, limit
from compiler.preflight.site import Resource, Site
from compiler.preflight.zones import ZONES, zone_of, zones

ID = "P003"
TITLE = "NAT gateways per availability zone"
SUMMARY = "The NAT gateways that each zone holds and those that the templates would make there."
SOURCE = "Amazon VPC quotas, Gateways: NAT gateways per Availability Zone (L-FE5A380F, 5)"
_GATEWAYS = Read("ec2", "DescribeNatGateways", "NatGateways")
_SUBNETS = Read("ec2", "DescribeSubnets", "Subnets")
READS = (_GATEWAYS, _SUBNETS, ZONES, APPLIED, DEFAULT)
_CODE, _DEFAULT = "L-FE5A380F", 5.0
_COUNTED = [{"Name": "state", "Values": ["pending", "available", "deleting"]}]


def looks(site: Site) -> Iterator[Look]:
    """One, when the templates make any."""
    if new := [gateway for gateway in site.of("AWS::EC2::NatGateway") if site.is_new(gateway)]:
        yield partial(_look, site, new)


def _look(site: Site, new: list[Resource]) -> Iterator[Hit]:
    used = _used(site)
    found = limit(site, "vpc", _CODE)
    allowed = _DEFAULT if found is None else found
    added: Counter[str] = Counter(zone for gateway in new if (zone := _zone(site, gateway)))
    for zone, count in sorted(added.items()):
        if used[zone] + count > allowed:
            message = f"{zone}: {used[zone]} in use and {count} to be made, but {allowed:g} are allowed"
            yield Hit("error", message, increase("vpc", _CODE, used[zone] + count, site.region), new[0])


def _used(site: Site) -> Counter[str]:
    zone = {subnet["SubnetId"]: str(subnet["AvailabilityZone"]) for subnet in site.account.ask(_SUBNETS)}
    gateways = site.account.ask(_GATEWAYS, Filter=_COUNTED)
    return Counter(zone[gateway["SubnetId"]] for gateway in gateways if gateway.get("SubnetId") in zone)


def _zone(site: Site, gateway: Resource) -> str | None:
    """None too for a regional one, which is in no zone of its own."""
    subnet = site.target(gateway.stack, gateway.properties.get("SubnetId"))
    return zone_of(subnet, zones(site)) if subnet else None
