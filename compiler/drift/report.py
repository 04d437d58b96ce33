"""What was found of every stack -> one report: findings by risk, and all that was left out of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from compiler.assembly import Assembly
from compiler.deploy.doors.drift import ResourceDrift
from compiler.drift import accepted, differences
from compiler.drift.findings import Entry, Finding, Ignored, Report, Unchecked, Unsearched
from compiler.drift.search import NOT_DEPLOYED, Searched
from compiler.review.groups import RANK

_SEEN = ("IN_SYNC", "MODIFIED", "DELETED")
_DENIED = re.compile(r"access ?denied|not authorized|unauthorized", re.IGNORECASE)
DENIED = (
    "these credentials may not read it: drift detection reads each resource as whoever asks; "
    "use a role with ReadOnlyAccess, or a deploy role made with --drift"
)


def of(
    assembly: Assembly, account: str, searched: Iterable[Searched], entries: Iterable[Entry], today: date
) -> Report:
    """The report on one environment; `entries` are the accepted differences of the spec."""
    found = tuple(searched)
    each = [differences.of(drift, one.stack) for one in found for drift in one.drifts]
    findings = [finding for some in each for finding in some.findings]
    ignored: list[Ignored] = [one for some in each for one in some.ignored]
    report = Report(
        assembly.platform,
        assembly.environment,
        account,
        assembly.region,
        tuple(one.stack.name for one in found if not one.obstacle),
        tuple(sorted(findings, key=_rank)),
        tuple(ignored),
        tuple(unchecked for one in found for unchecked in _unchecked(one)),
        tuple(
            Unsearched(one.stack.name, _words(one.obstacle), one.obstacle != NOT_DEPLOYED)
            for one in found
            if one.obstacle
        ),
    )
    looked_at = {(one.stack.name, drift.logical_id) for one in found for drift in _known(one)}
    return accepted.settled(report, entries, today, looked_at)


def _rank(finding: Finding) -> tuple[int, str, str]:
    return RANK[finding.risk], finding.stack, finding.id


def _known(searched: Searched) -> Iterator[ResourceDrift]:
    return (drift for drift in searched.drifts if drift.status in _SEEN)


def _unchecked(searched: Searched) -> Iterator[Unchecked]:
    """What CloudFormation says it could not compare, and what it does not mention at all."""
    if searched.obstacle:
        return
    found = {drift.logical_id: drift for drift in searched.drifts}
    for logical_id, resource in sorted((searched.stack.template.get("Resources") or {}).items()):
        drift = found.get(logical_id)
        if (searched.only is not None and logical_id not in searched.only) or (
            drift and drift.status in _SEEN
        ):
            continue
        kind, status = str(resource.get("Type")), drift.status if drift else "UNSUPPORTED"
        yield Unchecked(searched.stack.name, logical_id, kind, status, _words(drift.reason if drift else ""))


def _words(reason: str) -> str:
    """A reason of AWS in one line; what to do comes first where a permission is missing."""
    text = " ".join(reason.split()).rstrip(".")
    return f"{DENIED} ({text})" if _DENIED.search(text) else text
