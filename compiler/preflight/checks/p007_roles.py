"""P007: IAM roles and policies of the account."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from compiler.deploy.account import Read
from compiler.preflight.check import Hit, Look
from compiler.preflight.quotas import increase
from compiler.preflight.site import Resource, Site

ID = "P007"
TITLE = "IAM roles of the account"
SUMMARY = "Roles and managed policies of the account, and those that the templates would make."
SOURCE = "IAM user guide, 'IAM and AWS STS quotas'; the account tells its own values (GetAccountSummary)"
_ACCOUNT = Read("iam", "GetAccountSummary", "SummaryMap")
READS = (_ACCOUNT,)
_CODES = {"Roles": "L-FE177D64", "Policies": "L-E95E4862"}
_TYPES = {"AWS::IAM::Role": "Roles", "AWS::IAM::ManagedPolicy": "Policies"}
_HOME = "us-east-1"  # where quotas of IAM are asked for


def looks(site: Site) -> Iterator[Look]:
    """One for each of both that the templates make."""
    for type_, key in _TYPES.items():
        if new := [resource for resource in site.of(type_) if site.is_new(resource)]:
            yield partial(_look, site, key, new)


def _look(site: Site, key: str, new: list[Resource]) -> Iterator[Hit]:
    (summary,) = site.account.ask(_ACCOUNT)
    used, allowed = summary[key], summary[f"{key}Quota"]
    if used + len(new) > allowed:
        message = f"{key.lower()}: {used} in use and {len(new)} to be made, but {allowed} are allowed"
        yield Hit("error", message, increase("iam", _CODES[key], used + len(new), _HOME), new[0])
