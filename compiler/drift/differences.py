"""What CloudFormation found of one resource -> findings, classed as if somebody had proposed the change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compiler.assembly import Stack, sha256
from compiler.deploy.doors.drift import Difference, ResourceDrift
from compiler.drift.findings import Finding, Ignored
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
    schema = schemas.provider_schema(drift.type) or {}
    findings: list[Finding] = []
    ignored: list[Ignored] = []
    for name in sorted({_parts(each)[0] for each in drift.differences if _parts(each)}):
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
    if drift.expected is None or drift.actual is None:
        own = [each for each in drift.differences if _parts(each)[:1] == [name]]
        return [leaf for leaf in map(_leaf, own) if [*difference(leaf.before, leaf.after)]]
    before, after = drift.expected.get(name, MISSING), drift.actual.get(name, MISSING)
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
        drift.physical_id,
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
    after = _live(drift, name, leaves, before)
    change = draft.change(draft.Draft(drift.logical_id, before, after, tuple(leaves)), stack, stack)
    if change.risk == "routine":
        return change.risk, ()  # how CloudFormation would go about it says nothing of what was done
    return change.risk, tuple(reason for reason in change.reasons if reason.rule not in _REFUSALS)


def _live(
    drift: ResourceDrift, name: str, leaves: Sequence[Leaf], before: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The resource with one property as it is live."""
    if drift.actual is None:
        return details.revert(before, tuple(Leaf(leaf.path, leaf.after, leaf.before) for leaf in leaves))
    others = {key: value for key, value in before["Properties"].items() if key != name}
    own = {name: drift.actual[name]} if name in drift.actual else {}
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
    return any(own[: len(path)] == path or path[: len(own)] == own for path in hidden)


def _digest(stack: str, logical_id: str, leaf: Leaf, hidden: bool) -> str:
    """Of a live value; with the names, so that equal values of different places do not show that they are."""
    value = "absent" if leaf.after is MISSING else json.dumps(leaf.after, sort_keys=True, default=str)
    found = sha256(f"{stack}/{logical_id}.{dotted(leaf.path)}={value}".encode())
    return found[: _SHORT if hidden else _LONG]


def _leaf(found: Difference) -> Leaf:
    """A difference as CloudFormation tells it, where it tells no more."""
    path = tuple(Item(part) if part.isdigit() else part for part in _parts(found))
    before = MISSING if found.kind == "ADD" else _value(found.expected)
    after = MISSING if found.kind == "REMOVE" else _value(found.actual)
    return Leaf(path, before, after)


def _parts(found: Difference) -> list[str]:
    """A JSON pointer's parts."""
    return [part.replace("~1", "/").replace("~0", "~") for part in found.path.split("/") if part]


def _value(text: str) -> Any:
    """Structures come as JSON text; scalars as they are."""
    if text[:1] in ("[", "{"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
