"""Assembly, live account -> what would go wrong that the spec cannot know; changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from compiler.deploy.account import UnseenError
from compiler.preflight.check import Check, Hit, Look, all_checks
from compiler.preflight.finding import ORDER, Finding
from compiler.preflight.site import Site

# Enough to hide the way to AWS and back, few enough not to be throttled.
_AT_ONCE = 8
# What finds out which stacks are ours, what they hold, and which hold what is not ours.
_OF_EVERY_RUN = {
    "cloudformation:DescribeStackResources",
    "cloudformation:DescribeStacks",
    "cloudformation:GetTemplate",
    "cloudformation:ListStackResources",
    "sts:GetCallerIdentity",
}


@dataclass(frozen=True)
class Report:
    """Everything that was looked at, and what was found."""

    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]  # errors first, then by check and place

    def count(self, severity: str) -> int:
        """How many findings are of one severity."""
        return sum(finding.severity == severity for finding in self.findings)


def run(sites: Sequence[Site], checks: Sequence[Check] | None = None) -> Report:
    """Every check in every region of an environment; what cannot be seen is a finding, never an error."""
    checks = all_checks() if checks is None else checks
    looks = [(check, site, look) for site in sites for check in checks for look in check.looks(site)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = pool.map(lambda asked: _looked(*asked), looks)
    # Each once: an image of two services, a role of two regions, a permission that many looks miss.
    found = dict.fromkeys(finding for answer in answers for finding in answer)
    return Report(tuple(checks), tuple(sorted(found, key=_rank)))


def _looked(check: Check, site: Site, look: Look) -> list[Finding]:
    found = []
    try:
        for hit in look():
            found.append(_finding(hit, check, site))
    except UnseenError as error:
        found.append(_finding(Hit("unknown", f"could not look: {error.message}"), check, site))
    return found


def _finding(hit: Hit, check: Check, site: Site) -> Finding:
    origin = hit.resource.origin if hit.resource else None
    region = "" if check.is_global else site.region
    return Finding(check.id, hit.severity, hit.message, hit.advice, origin, region)


def _rank(finding: Finding) -> tuple[int, str, str, str, str]:
    place = finding.origin.path if finding.origin else ""
    return ORDER.index(finding.severity), finding.check, finding.region, place, finding.message


def permissions(checks: Iterable[Check]) -> list[str]:
    """The actions that IAM must allow for all of the checks, sorted."""
    return sorted({read.action for check in checks for read in check.reads} | _OF_EVERY_RUN)
