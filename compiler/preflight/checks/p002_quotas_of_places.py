"""P002: quotas that count inside a VPC or a security group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from compiler.preflight.check import Hit, Look
from compiler.preflight.quotas import APPLIED, DEFAULT, Needs, Quota, all_quotas, compared, places
from compiler.preflight.site import Resource, Site

ID = "P002"
TITLE = "quotas of a VPC or security group"
SUMMARY = (
    "Endpoints and subnets per VPC, rules per security group. In a VPC or group of ours only ours are "
    "counted; in an adopted one, also what it holds already."
)
SOURCE = "Amazon VPC quotas; codes and defaults in compiler/preflight/quotas.json"
_QUOTAS = tuple(quota for quota in all_quotas() if quota.per)
READS = (APPLIED, DEFAULT, *(quota.read for quota in _QUOTAS))


def looks(site: Site) -> Iterator[Look]:
    """One for each quota and place."""
    for quota in _QUOTAS:
        counted = [resource for resource in site.of(*quota.types) if quota.counts(resource.properties)]
        for place, resources in places(counted, site, quota).items():
            yield partial(_look, site, quota, place, resources)


def _look(site: Site, quota: Quota, place: Any, resources: Sequence[Resource]) -> list[Hit]:
    if isinstance(place, str):
        filters = [{"Name": quota.filter, "Values": [place]}]
        used = quota.used(site.account.ask(quota.read, Filters=filters))
        new = [resource for resource in resources if site.is_new(resource)]
        return compared(site, quota, Needs(used, len(new), resources[0], f" ({place})")) if new else []
    already = sum(not site.is_new(resource) for resource in resources)
    where = f" ({place[1]})"
    return compared(site, quota, Needs(already, len(resources) - already, resources[0], where))
