"""What holds data in production: a stack policy keeps it, opened only for what somebody approved by name.

A stack policy says what an update may do to resources. Change sets take no temporary one, so the standing one
is changed just before a change set is executed and put back when the stack has come to rest. A run that was
killed in between leaves it open; the next one sees that and closes it.
Source: CloudFormation user guide, "Prevent updates to stack resources", 2026.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from compiler.assembly import Stack
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError
from compiler.deploy.prepared import Draft, Step
from compiler.review.changes import NEEDS_APPROVAL
from compiler.stateful import STATEFUL

_ANY = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
_DENIED = ["Update:Delete", "Update:Replace"]
_BY_ID = "LogicalResourceId/"
_GOING = ("remove", "replace", "may-replace")


def policy(kept: Collection[str]) -> dict[str, Any]:
    """The stack policy that lets nothing replace or remove the resources with these logical ids."""
    resources = [f"{_BY_ID}{name}" for name in sorted(kept)]
    denied = {"Effect": "Deny", "Action": _DENIED, "Principal": "*", "Resource": resources}
    return {"Statement": [_ANY, denied] if kept else [_ANY]}


def kept_by(found: Mapping[str, Any] | None) -> frozenset[str] | None:
    """The logical ids that a stack policy of ours keeps; None for one that somebody else wrote."""
    if found is None:
        return frozenset()
    resources = [name for each in found.get("Statement", ())[1:] for name in each.get("Resource", ())]
    kept = frozenset(str(name).removeprefix(_BY_ID) for name in resources)
    return kept if policy(kept) == found else None


def held(stack: Stack, template: Mapping[str, Any]) -> frozenset[str]:
    """The logical ids of what holds data in a template that is, or is to be, deployed as this stack."""
    resources = template.get("Resources", {})
    return frozenset(n for n, r in resources.items() if r["Type"] in STATEFUL or n in stack.stateful)


def going(step: Step) -> frozenset[str]:
    """The logical ids of what holds data in a guarded stack, and would be replaced or removed."""
    return frozenset(
        each.logical_id
        for each in step.shown.changes
        if each.action in _GOING
        and each.risk in NEEDS_APPROVAL
        and (each.type in STATEFUL or each.logical_id in step.draft.stack.stateful)
        and step.draft.guarded
        and not step.draft.creates
    )


def settled(drafts: Iterable[Draft], live: Mapping[str, Any], aws: Aws, *, close: bool) -> Iterator[Draft]:
    """The drafts, each with what its stack policy no longer keeps; `live` are the deployed templates.

    With `close`, such a policy is put right at once: only a run that did not end leaves one open.
    """
    for draft in drafts:
        template = live.get(draft.stack.name)
        yield replace(draft, open=_open(draft, template, aws, close)) if template else draft


def _open(draft: Draft, template: Mapping[str, Any], aws: Aws, close: bool) -> tuple[str, ...]:
    wanted, door = held(draft.stack, template), draft.door(aws)
    found = door.policy(draft.stack.name) if draft.guarded and wanted else None
    kept = kept_by(found) if found else None
    if kept is None or kept >= wanted:
        return ()
    if close:
        door.set_policy(draft.stack.name, policy(wanted))
    return tuple(sorted(wanted - kept))


def notes(step: Step) -> Iterator[str]:
    """What a reviewer is told of the stack's policy."""
    if opened := going(step):
        yield (
            f"its stack policy is opened for {', '.join(sorted(opened))}, once approved, while it is "
            "updated, and closed again"
        )
    if step.draft.open:
        yield (
            f"its stack policy was found open for {', '.join(step.draft.open)}: a run that did not end, or "
            "one that is still at work, left it so; whoever holds the environment's lock closes it"
        )


def open_up(step: Step, aws: Aws, approved: Collection[str]) -> frozenset[str]:
    """Let the update have what it replaces or removes, as far as that was approved; what was kept before.

    `approved` are ids as `review.approvals` makes them. Empty when nothing was opened.
    """
    wanted = {name for name in going(step) if f"{step.name}/{name}" in approved}
    found = aws.policy(step.name) if wanted else None
    kept = kept_by(found) or frozenset()
    if not kept & wanted:
        return frozenset()
    aws.set_policy(step.name, policy(kept - wanted))
    return kept


def put_back(step: Step, aws: Aws, kept: frozenset[str]) -> None:
    """Close again what was opened for an update that failed; if that fails too, the next run does it."""
    if kept:
        with suppress(DeployError):
            aws.set_policy(step.name, policy(kept))


def close(step: Step, aws: Aws) -> None:
    """See to it that all that holds data is kept, now that the stack is as it should be."""
    if not step.draft.guarded:
        return
    if step.draft.protect:
        aws.protect(step.name)
    wanted = held(step.draft.stack, step.draft.stack.template)
    found = aws.policy(step.name) if wanted or not step.draft.creates else None
    kept = kept_by(found)
    if kept is not None and kept != wanted:
        aws.set_policy(step.name, policy(wanted))
