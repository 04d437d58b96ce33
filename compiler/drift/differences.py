"""What CloudFormation found of one resource -> findings, classed as if somebody had proposed the change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compiler.assembly import Stack, sha256
from compiler.deploy.doors.drift import ResourceDrift
from compiler.drift.findings import Finding, Ignored
from compiler.drift.sides import parts, whole
from compiler.review import details, draft, governed, meaning, schemas, values
from compiler.review.changes import Reason, Risk
from compiler.review.paths import MISSING, Item, Leaf, difference, dotted
from compiler.review.rules import RULES

_REFUSALS = frozenset(rule.id for rule in RULES if rule.refuses)
_SAME = "it is written in another way and means the same"
_LONG, _SHORT = 16, 4  # digits of a digest; of a secret too few to find it out by trying
_GONE = "deleted"


@dataclass(frozen=True)
class Differences:
    """Of one resource: what counts, and what does not."""

    findings: tuple[Finding, ...]
    ignored: tuple[Ignored, ...] = ()


def of(drift: ResourceDrift, stack: Stack) -> Differences:
    """The findings of a resource that is MODIFIED or DELETED, none of any other; `stack` is as deployed."""
    if drift.status == "DELETED":
        return Differences((_gone(drift, stack),))
    if drift.status != "MODIFIED":
        return Differences(())
    drift = whole(drift, _written(drift, stack)["Properties"])
    schema = schemas.provider_schema(drift.type) or {}
    findings: list[Finding] = []
    ignored: list[Ignored] = []
    for name in sorted({parts(each)[0] for each in drift.differences if parts(each)}):
        leaves = _leaves(drift, name, schema)
        if not leaves:
            ignored.append(Ignored(stack.name, drift.logical_id, name, _SAME, "the provider schema"))
        reasons = [(leaf, _why_not(drift.logical_id, leaf, stack, schema)) for leaf in leaves]
        left = [leaf for leaf, why in reasons if why is None]
        ignored += [
            Ignored(stack.name, drift.logical_id, dotted(leaf.path), why.why, why.source)
            for leaf, why in reasons
            if why
        ]
        findings += _findings(drift, name, left, stack, schema) if left else ()
    return Differences(tuple(findings), tuple(ignored))


def _leaves(drift: ResourceDrift, name: str, schema: Mapping[str, Any]) -> list[Leaf]:
    """What differs in earnest in one property, from what was deployed to what is live."""
    before, after = (side.get(name, MISSING) for side in (drift.expected or {}, drift.actual or {}))
    return list(difference(*meaning.alike(before, after, schema, name), (name,)))


def _why_not(
    logical_id: str, leaf: Leaf, stack: Stack, schema: Mapping[str, Any]
) -> governed.Governor | None:
    """Why a difference means nothing; None when it does."""
    if leaf.before is MISSING and meaning.is_default(leaf.after, schema, leaf.path):
        return governed.Governor("it is what AWS takes when none is given", "the provider schema")
    return governed.governor(logical_id, leaf, stack.template.get("Resources") or {})


def _findings(
    drift: ResourceDrift, name: str, leaves: Sequence[Leaf], stack: Stack, schema: Mapping[str, Any]
) -> Iterator[Finding]:
    risk, reasons = _judged(drift, name, leaves, stack)
    for leaf in leaves:
        expected, actual = values.shown(leaf)
        hidden = _is_hidden(drift, leaf, stack, schema) or values.HIDDEN in f"{expected} {actual}"
        if hidden:
            expected, actual = expected and values.HIDDEN, actual and values.HIDDEN
        yield Finding(
            stack.name,
            stack.region,
            drift.logical_id,
            drift.physical_id,
            drift.type,
            dotted(leaf.path),
            expected,
            actual,
            _digest(stack.name, drift.logical_id, leaf, hidden),
            hidden,
            risk,
            reasons,
            stack.origins.get(drift.logical_id),
            leaf=leaf,
        )


def _gone(drift: ResourceDrift, stack: Stack) -> Finding:
    # Whoever deleted it asked no policy.
    before = {**_written(drift, stack), "DeletionPolicy": "Delete"}
    change = draft.change(draft.Draft(drift.logical_id, before, None), stack, stack)
    return Finding(
        stack.name,
        stack.region,
        drift.logical_id,
        drift.physical_id,
        drift.type,
        "",
        None,
        None,
        _GONE,
        False,
        change.risk,
        change.reasons,
        stack.origins.get(drift.logical_id),
    )


def _judged(
    drift: ResourceDrift, name: str, leaves: Sequence[Leaf], stack: Stack
) -> tuple[Risk, tuple[Reason, ...]]:
    """The class of what was done to one property, with the reasons; nothing is ever replaced by it."""
    before = _written(drift, stack)
    after = _live(drift, name, before)
    change = draft.change(draft.Draft(drift.logical_id, before, after, tuple(leaves)), stack, stack)
    if change.risk == "routine":
        return change.risk, ()  # how CloudFormation would go about it says nothing of what was done
    return change.risk, tuple(reason for reason in change.reasons if reason.rule not in _REFUSALS)


def _live(drift: ResourceDrift, name: str, before: Mapping[str, Any]) -> Mapping[str, Any]:
    """The resource with one property as it is live."""
    others = {key: value for key, value in before["Properties"].items() if key != name}
    actual = drift.actual or {}
    own = {name: actual[name]} if name in actual else {}
    return {**before, "Properties": {**others, **own}}


def _written(drift: ResourceDrift, stack: Stack) -> dict[str, Any]:
    """The resource as it was deployed, with the values that its functions had then."""
    resource = (stack.template.get("Resources") or {}).get(drift.logical_id) or {}
    written = resource.get("Properties") or {}
    return {**resource, "Type": drift.type, "Properties": {**written, **(drift.expected or {})}}


def _is_hidden(drift: ResourceDrift, leaf: Leaf, stack: Stack, schema: Mapping[str, Any]) -> bool:
    """Whether the value comes from a NoEcho parameter, or is one that AWS itself never shows."""
    resource = (stack.template.get("Resources") or {}).get(drift.logical_id) or {}
    if details.is_secret(resource, leaf.path, stack.template):
        return True
    own = ["*" if isinstance(part, Item) else part for part in leaf.path]
    hidden = [pointer.split("/")[2:] for pointer in schema.get("writeOnlyProperties") or ()]
    return any(
        own[: len(path)] == path
        or (
            path[: len(own)] == own
            and any(_holds(side, path[len(own) :]) for side in (leaf.before, leaf.after))
        )
        for path in hidden
    )


def _holds(value: Any, path: Sequence[str]) -> bool:
    """Whether there is something at a path inside the value."""
    if not path:
        return value is not MISSING
    if isinstance(value, list):
        return any(_holds(item, path[1:] if path[0] == "*" else path) for item in value)
    return isinstance(value, Mapping) and path[0] in value and _holds(value[path[0]], path[1:])


def _digest(stack: str, logical_id: str, leaf: Leaf, hidden: bool) -> str:
    """Of a live value; with the names, so that equal values of different places do not show that they are."""
    value = "absent" if leaf.after is MISSING else json.dumps(leaf.after, sort_keys=True, default=str)
    found = sha256(f"{stack}/{logical_id}.{dotted(leaf.path)}={value}".encode())
    return found[: _SHORT if hidden else _LONG]
