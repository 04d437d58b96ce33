"""Quotas of an account: what they are (quotas.json), how much is used, and how much the templates add."""

from __future__ import annotations

import json
import math
import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from compiler.deploy.account import Read, UnseenError
from compiler.preflight.check import Hit
from compiler.preflight.site import Properties, Resource, Site
from compiler.preflight.values import number

APPLIED = Read("service-quotas", "GetServiceQuota", "Quota")
# What an account has that never asked for more, and that never looked at the quota either.
DEFAULT = Read("service-quotas", "GetAWSDefaultServiceQuota", "Quota")
REPLICATION_GROUP = "AWS::ElastiCache::ReplicationGroup"


class Only(msgspec.Struct, frozen=True):
    """Which of the resources count: those with a value under one key."""

    template: str  # the property; empty when all of the template's count
    usage: str  # the key of what the account tells
    value: str | bool
    unsaid: bool  # whether a resource of the template that does not say it counts


class Quota(msgspec.Struct, frozen=True):
    """One entry of quotas.json."""

    what: str
    service: str  # as Service Quotas calls it
    code: str
    default: float  # AWS's
    types: tuple[str, ...]
    usage: tuple[str, str, str]  # of Read
    source: str
    confidence: str
    only: Only | None = None
    sum: str = ""  # the key to add up; empty to count
    per: str = ""  # the property that says in what it is counted; empty for the region
    filter: str = ""  # the name of the filter that asks for one of those

    @property
    def read(self) -> Read:
        """What tells how many there are."""
        return Read(*self.usage)

    def counts(self, properties: Properties) -> bool:
        """Whether a resource of one of the types counts."""
        if not self.only or not self.only.template:
            return True
        said = properties.get(self.only.template)
        return said == self.only.value or (said is None and self.only.unsaid)

    def used(self, items: Sequence[Any]) -> int:
        """How much what the account holds amounts to."""
        only = self.only
        counted = [item for item in items if not only or item.get(only.usage) == only.value]
        return sum(item.get(self.sum, 1) for item in counted) if self.sum else len(counted)


class Needs(msgspec.Struct, frozen=True):
    """What is there and what comes, of one quota, in one place."""

    used: int
    added: int
    first: Resource | None  # where the spec asks for it
    where: str = ""

    @property
    def total(self) -> int:
        """What the quota must allow."""
        return self.used + self.added

    @property
    def words(self) -> str:
        """Both, for people."""
        return f"{self.used} in use and {self.added} to be made"


@cache
def all_quotas() -> tuple[Quota, ...]:
    """Every entry of quotas.json."""
    data = pkgutil.get_data("compiler.preflight", "quotas.json")
    assert data is not None, "package data is missing"
    return msgspec.convert(json.loads(data)["quotas"], tuple[Quota, ...])


def limit(site: Site, service: str, code: str) -> float | None:
    """The value of a quota in the account; None when Service Quotas does not know it. Raises UnseenError."""
    for read in (APPLIED, DEFAULT):
        if found := site.account.ask(read, ServiceCode=service, QuotaCode=code):
            return float(found[0]["Value"])
    return None


def weight(type_: str, properties: Properties) -> int:
    """How much of its quota one resource takes."""
    if type_ != REPLICATION_GROUP:
        return 1
    if groups := number(properties.get("NumNodeGroups")):
        return groups * (1 + number(properties.get("ReplicasPerNodeGroup")))
    return number(properties.get("NumCacheClusters"), 1)


def growth(site: Site, resource: Resource) -> int:
    """How much more a resource takes than what of it is deployed."""
    before = site.deployed.get(resource.key)
    already = 0 if before is None else weight(resource.type, before)
    return max(0, weight(resource.type, resource.properties) - already)


def increase(service: str, code: str, value: float, region: str) -> str:
    """How to ask for more."""
    return (
        f"aws service-quotas request-service-quota-increase --service-code {service} --quota-code {code} "
        f"--desired-value {math.ceil(value)} --region {region}"
    )


def compared(site: Site, quota: Quota, needs: Needs) -> list[Hit]:
    """The quota against what is there and what comes; when it cannot be read, against AWS's default."""
    hits: list[Hit] = []
    try:
        applied = limit(site, quota.service, quota.code)
    except UnseenError as error:
        applied = None
        hits.append(Hit("unknown", f"could not look at quotas: {error.message}"))
    allowed = quota.default if applied is None else applied
    if needs.total > allowed:
        guess = f" (AWS's default; quota {quota.code} could not be read)" if applied is None else ""
        message = f"{quota.what}{needs.where}: {needs.words}, but {allowed:.10g} are allowed{guess}"
        advice = increase(quota.service, quota.code, needs.total, site.region)
        hits.append(Hit("warning" if applied is None else "error", message, advice, needs.first))
    return hits


def places(resources: Sequence[Resource], site: Site, quota: Quota) -> Mapping[Any, list[Resource]]:
    """The resources by what they are counted in: the id of something adopted, or a resource of ours."""
    found: dict[Any, list[Resource]] = {}
    for resource in resources:
        value = resource.properties.get(quota.per)
        target = site.target(resource.stack, value)
        place = target.key if target else site.text(value)
        if place is not None:
            found.setdefault(place, []).append(resource)
    return found
