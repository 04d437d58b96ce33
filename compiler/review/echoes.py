"""Resources that a change set lists only because a value they use is read again.

CloudFormation lists every resource that takes an attribute of a changed one, and calls it conditionally
replaced where the property is create-only, although the attribute of a resource that is updated in place
stays what it was (user guide, "Example change sets": Evaluation Dynamic). Left alone, each change to a
service would seem to put its scaling target at risk.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Described = Mapping[str, Any]
REFERRING = ("ResourceAttribute", "ResourceReference")


def echoes(found: Mapping[str, Described]) -> frozenset[str]:
    """The logical ids of a change set's echoes: all their causes are updated in place, or are echoes."""
    quiet = {name for name, change in found.items() if _in_place(change)}
    echoing: set[str] = set()
    while True:
        more = {name for name, change in found.items() if name not in echoing and _echoes(change, quiet)}
        if not more:
            return frozenset(echoing)
        echoing |= more
        quiet |= more


def causes(change: Described) -> tuple[str, ...]:
    """The logical ids of what alone makes a resource change; empty when something of its own is edited."""
    details = change.get("Details") or ()
    if change["Action"] != "Modify" or any(d.get("ChangeSource") not in REFERRING for d in details):
        return ()
    return tuple(sorted({str(detail.get("CausingEntity", "")).partition(".")[0] for detail in details}))


def _in_place(change: Described) -> bool:
    return bool(change["Action"] == "Modify" and change.get("Replacement", "False") == "False")


def _echoes(change: Described, quiet: set[str]) -> bool:
    details = change.get("Details") or ()
    return change["Action"] == "Modify" and bool(details) and all(_quiet(detail, quiet) for detail in details)


def _quiet(detail: Described, quiet: set[str]) -> bool:
    cause = str(detail.get("CausingEntity", "")).partition(".")[0]
    dynamic = detail.get("Evaluation") == "Dynamic" and detail.get("ChangeSource") in REFERRING
    return dynamic and cause in quiet
