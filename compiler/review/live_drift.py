"""A change set that knows what is live (DeploymentMode REVERT_DRIFT) -> what it says beside any other.

Shapes: DescribeChangeSet of the CloudFormation API (botocore 1.44), ResourceDriftStatus,
ResourceDriftIgnoredAttributes and Target.Drift; CloudFormation user guide, "Using drift-aware change sets",
2026.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from compiler.review import governed
from compiler.review.changes import PropertyChange, Reason
from compiler.review.details import property_path, value_of
from compiler.review.paths import UNKNOWN, Leaf, dotted
from compiler.review.rules import DRIFT, GOVERNED
from compiler.review.values import HIDDEN, shorten, text

MODE = "REVERT_DRIFT"
_IGNORED = {
    "MANAGED_BY_AWS": "AWS manages it",
    "WRITE_ONLY_PROPERTY": "it can be written, and not read",
    "SENSITIVE_PROPERTY": "it may be a secret",
}
_UNSEEN = {
    "UNKNOWN": "could not look at it",
    "UNSUPPORTED": "cannot look at a resource of this type",
    "NOT_CHECKED": "did not look at it",
}


def reasons(described: Mapping[str, Any]) -> Iterator[Reason]:
    """What a described resource change says of drift; nothing without any."""
    status = described.get("ResourceDriftStatus")
    if status == "DELETED":
        yield Reason(DRIFT, "it was deleted behind CloudFormation's back, and is made anew and empty")
    elif status in _UNSEEN:
        yield Reason(DRIFT, f"CloudFormation {_UNSEEN[status]}, so what was done to it by hand is not known")
    names = sorted({dotted(property_path(target)) for target in _drifted(described)})
    if names:
        yield Reason(DRIFT, f"brings back what was changed by hand: {', '.join(names)}")
    for each in described.get("ResourceDriftIgnoredAttributes") or ():
        path = dotted(property_path(each))
        why = _IGNORED.get(each.get("Reason", ""), str(each.get("Reason", "")))
        yield Reason(DRIFT, f"{path} is not compared: {why}")


def refusals(described: Mapping[str, Any], template: Mapping[str, Any]) -> Iterator[Reason]:
    """Why a change must not be made: it would undo what AWS does itself, or CloudFormation fails at it."""
    status = described.get("ResourceDriftStatus")
    if status is None:
        return
    logical_id, resources = described["LogicalResourceId"], template.get("Resources") or {}
    for target in _drifted(described):
        found = governed.governor(logical_id, _leaf(target), resources)
        if found and target.get("AttributeChangeType") != "SyncWithActual":
            name = dotted(property_path(target))
            yield Reason(GOVERNED, f"{name} is not to be brought back: {found.why}; leave out --revert-drift")
    if status in ("DELETED", "MODIFIED") and (bug := governed.obstacle(logical_id, status, resources)):
        yield Reason(GOVERNED, f"{bug.why} ({bug.source}); leave out --revert-drift, and mend it by hand")


def marked(described: Mapping[str, Any], changes: Sequence[PropertyChange]) -> tuple[PropertyChange, ...]:
    """The property changes, each with what was deployed where the live value is another."""
    previous = {dotted(property_path(target)): target for target in _drifted(described)}
    return tuple(
        replace(each, deployed=_deployed(each, previous[each.path])) if each.path in previous else each
        for each in changes
    )


def notes(pages: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """What a drift-aware change set says of its stack as a whole; nothing for any other."""
    if not any(page.get("DeploymentMode") == MODE for page in pages):
        return ()
    status = next((page["StackDriftStatus"] for page in pages if "StackDriftStatus" in page), "UNKNOWN")
    if status in ("UNKNOWN", "NOT_CHECKED"):
        return ("CloudFormation could not tell whether the stack was changed by hand",)
    return ("what was changed by hand is brought back",) if status == "DRIFTED" else ()


def _drifted(described: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The targets whose live value is not the deployed one."""
    for detail in described.get("Details") or ():
        target = detail.get("Target") or {}
        if target.get("Drift"):
            yield target


def _leaf(target: Mapping[str, Any]) -> Leaf:
    drift = target["Drift"]
    return Leaf(property_path(target), value_of(drift, "PreviousValue"), value_of(drift, "ActualValue"))


def _deployed(each: PropertyChange, target: Mapping[str, Any]) -> str:
    if HIDDEN in (each.before, each.after):
        return HIDDEN
    leaf = _leaf(target)
    return "(none)" if leaf.before is UNKNOWN else shorten(text(leaf.before, leaf.path))
