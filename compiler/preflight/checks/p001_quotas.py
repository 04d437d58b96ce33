"""P001: quotas of the region against what the templates add to what the account holds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from compiler.preflight.check import Hit, Look
from compiler.preflight.quotas import APPLIED, DEFAULT, Needs, Quota, all_quotas, compared, growth
from compiler.preflight.site import Resource, Site

ID = "P001"
TITLE = "quotas of the region"
SUMMARY = (
    "What the account holds and what the templates would make beside it, against the quota. What our stacks "
    "hold already is not counted twice. The quotas are data: `compiler/preflight/quotas.json`."
)
SOURCE = "Service Quotas user guide; codes and defaults in compiler/preflight/quotas.json"
_QUOTAS = tuple(quota for quota in all_quotas() if not quota.per)
READS = (APPLIED, DEFAULT, *(quota.read for quota in _QUOTAS))
_STACK = "AWS::CloudFormation::Stack"


def looks(site: Site) -> Iterator[Look]:
    """One for each quota that the templates need more of."""
    for quota in _QUOTAS:
        added = _added(site, quota)
        if sum(added.values()):
            yield partial(_look, site, quota, added)


def _added(site: Site, quota: Quota) -> dict[Resource | None, int]:
    if _STACK in quota.types:
        return {None: sum(stack.name not in site.live for stack in site.stacks)}
    counted = (resource for resource in site.of(*quota.types) if quota.counts(resource.properties))
    return {resource: growth(site, resource) for resource in counted}


def _look(site: Site, quota: Quota, added: dict[Resource | None, int]) -> list[Hit]:
    used = quota.used(site.account.ask(quota.read))
    first = next(resource for resource, count in added.items() if count)
    return compared(site, quota, Needs(used, sum(added.values()), first))
