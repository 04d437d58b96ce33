"""Pages of a described change set -> the same records as a prediction, in CloudFormation's own words.

The shape is DescribeChangeSet of the CloudFormation API (botocore 1.44, cloudformation/2010-05-15). What is
replaced is CloudFormation's word; the rules that class it see both sides of each resource when the change set
was described with its property values, and otherwise what the template and the details tell.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from compiler.assembly import Stack
from compiler.review import live_drift
from compiler.review.case import Case, Fate, Resource, fate, properties
from compiler.review.changes import Action, Change, PropertyChange, Reason, Recreation
from compiler.review.classify import classify
from compiler.review.contexts import completed
from compiler.review.details import leaves, revert, shown_details
from compiler.review.echoes import causes, echoes
from compiler.review.paths import Leaf
from compiler.review.rules import ECHO, NOT_YET_KNOWN
from compiler.review.types import is_stateful
from compiler.review.values import LATER

_ACTIONS: dict[str, Action] = {
    "Add": "add",
    "Remove": "remove",
    "Import": "import",
    "SyncWithActual": "modify",
}
_FATES: dict[str, Fate] = {"Delete": "delete", "Retain": "retain", "Snapshot": "snapshot"}


def read(
    pages: Sequence[Mapping[str, Any]], stack: Stack, live: Mapping[str, Any] | None = None
) -> tuple[Change, ...]:
    """The changes of one change set, all pages of it, sorted by logical id; each logical id once.

    `stack` is what the change set was made from: it tells origins, what holds data, and which values are
    secret. Of removed resources it knows nothing, so whether they hold data is told by their type. `live`
    is the template that is deployed; it stands in where the change set was described without values.
    """
    described = [completed(change, live or {}, stack.template) for change in _resource_changes(pages)]
    found = {change["LogicalResourceId"]: change for change in described}
    new_stack, echoing = _is_new(found.values(), stack), echoes(found)
    return tuple(
        _echo(found[logical_id], stack)
        if logical_id in echoing
        else _change(found[logical_id], stack, new_stack)
        for logical_id in sorted(found)
    )


def _echo(described: Mapping[str, Any], stack: Stack) -> Change:
    causes = sorted({str(detail["CausingEntity"]) for detail in described["Details"]})
    reason = Reason(ECHO, f"reads {', '.join(causes)} again, of what is updated in place")
    logical_id = described["LogicalResourceId"]
    origin = stack.origins.get(logical_id)
    return Change(
        logical_id, described["ResourceType"], "modify", "routine", (reason,), (), origin, echo=True
    )


def _resource_changes(pages: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for page in pages:
        for change in page.get("Changes") or ():
            if "ResourceChange" in change:
                yield change["ResourceChange"]


def _is_new(changes: Iterable[Mapping[str, Any]], stack: Stack) -> bool:
    """Whether nothing of the stack is there yet: every resource of the template is added."""
    added = {change["LogicalResourceId"] for change in changes if change["Action"] == "Add"}
    return added == {*(stack.template.get("Resources") or {})}


def _change(described: Mapping[str, Any], stack: Stack, new_stack: bool) -> Change:
    case = _case(described, stack, new_stack)
    verdict = classify(case)
    refused = tuple(live_drift.refusals(described, stack.template))
    drifted = tuple(live_drift.reasons(described))
    return Change(
        logical_id=case.logical_id,
        type=case.type,
        action="refused" if refused else verdict.action,
        risk=verdict.risk,
        reasons=(*refused, *verdict.reasons, *_doubts(described, case.action), *drifted),
        properties=_properties(described, stack),
        origin=stack.origins.get(case.logical_id),
        causes=causes(described),
    )


def _case(described: Mapping[str, Any], stack: Stack, new_stack: bool) -> Case:
    logical_id, kind, action = described["LogicalResourceId"], described["ResourceType"], _action(described)
    before, after, differing = _sides(described, stack)
    by_type = is_stateful(kind, properties(before or after))
    return Case(
        logical_id=logical_id,
        type=kind,
        action=action,
        before=before,
        after=after,
        leaves=differing,
        stateful=by_type or logical_id in stack.stateful,
        new_stack=new_stack,
        fate=_fate(described, action, before, after),
        named=frozenset(str(target["Name"]) for target in _targets(described) if "Name" in target),
    )


def _targets(described: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (detail.get("Target") or {} for detail in described.get("Details") or ())


def _action(described: Mapping[str, Any]) -> Action:
    """`Dynamic` means that CloudFormation cannot tell; Replacement is there only for what is modified."""
    action = described["Action"]
    if action in _ACTIONS:
        return _ACTIONS[action]
    replacement = described.get("Replacement", "Conditional" if action == "Dynamic" else "False")
    if replacement == "True":
        return "may-replace" if _only_later(described) else "replace"
    return "may-replace" if replacement == "Conditional" else "modify"


def _only_later(described: Mapping[str, Any]) -> bool:
    """Whether the replacement hangs on values that nobody knows yet.

    CloudFormation then says Replacement True although the value may turn out to be the same
    (aws-cloudformation/cloudformation-coverage-roadmap issue 2113).
    """
    causes = [
        detail["Target"] for detail in described.get("Details") or () if _recreation(detail) == "always"
    ]
    return bool(causes) and all(target.get("AfterValue") == LATER for target in causes)


def _recreation(detail: Mapping[str, Any]) -> Recreation:
    words: dict[str, Recreation] = {"Always": "always", "Conditionally": "maybe"}
    return words.get((detail.get("Target") or {}).get("RequiresRecreation", ""), "never")


def _doubts(described: Mapping[str, Any], action: Action) -> Iterator[Reason]:
    if described["Action"] == "Dynamic":
        yield Reason(
            NOT_YET_KNOWN, "CloudFormation cannot tell what it will do before the nested stack is updated"
        )
    elif described["Action"] == "SyncWithActual":
        yield Reason(NOT_YET_KNOWN, "only what CloudFormation has on record changes, not the resource")
    elif action == "may-replace":
        causes = sorted(
            {str(d["CausingEntity"]) for d in described.get("Details") or () if d.get("CausingEntity")}
        )
        why = f" of {', '.join(causes)}" if causes else ""
        yield Reason(NOT_YET_KNOWN, f"whether it is replaced depends on the value{why} at that time")


def _sides(
    described: Mapping[str, Any], stack: Stack
) -> tuple[Resource | None, Resource | None, tuple[Leaf, ...]]:
    """The resource before and after, and the leaves between them, as far as the change set tells."""
    kind = described["ResourceType"]
    before, after = (_context(described.get(f"{side}Context"), kind) for side in ("Before", "After"))
    template = (stack.template.get("Resources") or {}).get(described["LogicalResourceId"])
    action = described["Action"]
    if action == "Remove":
        return before or {"Type": kind}, None, ()
    after = after or template or {"Type": kind}
    if action in ("Add", "Import"):
        return None, after, ()
    differing = leaves(described, before, after)
    return before or revert(after, differing), after, differing


def _context(text: Any, kind: str) -> Resource | None:
    """`BeforeContext` and `AfterContext` are JSON text; not every description has them."""
    try:
        found = json.loads(text)
    except (TypeError, ValueError):
        return None
    return {"Type": kind, **found} if isinstance(found, Mapping) else None


def _fate(
    described: Mapping[str, Any], action: Action, before: Resource | None, after: Resource | None
) -> Fate:
    said = str(described.get("PolicyAction", "")).removeprefix("ReplaceAnd")
    return _FATES[said] if said in _FATES else fate(action, before, after)


def _properties(described: Mapping[str, Any], stack: Stack) -> tuple[PropertyChange, ...]:
    return live_drift.marked(described, shown_details(described, stack.template))
