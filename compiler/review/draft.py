"""A resource on both sides -> what CloudFormation would do with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from compiler.assembly import Stack
from compiler.review.case import Case, Resource, fate, properties
from compiler.review.changes import Action, Change, PropertyChange, Reason, Recreation
from compiler.review.classify import classify
from compiler.review.paths import MISSING, Leaf, difference, dotted
from compiler.review.rules import NO_SCHEMA
from compiler.review.schemas import Schema, schema
from compiler.review.types import is_stateful
from compiler.review.values import shown


@dataclass(frozen=True)
class Draft:
    """One resource before and after, the leaves that differ, and why it changes if not by itself."""

    logical_id: str
    before: Resource | None
    after: Resource | None
    leaves: tuple[Leaf, ...] = ()
    causes: tuple[Reason, ...] = ()

    @property
    def type(self) -> str:
        return str((self.after or self.before or {}).get("Type"))

    @property
    def action(self) -> Action:
        if self.before is None or self.after is None:
            return "remove" if self.after is None else "add"
        effects = {leaf.recreation for leaf in self.leaves}
        return "replace" if "always" in effects else "may-replace" if "maybe" in effects else "modify"


def draft(
    logical_id: str,
    before: Resource | None,
    after: Resource | None,
    is_same: Callable[[Leaf], bool] = lambda leaf: False,
) -> Draft:
    """The resource's own changes, with what the schema of its type says about each.

    `is_same` tells of what is written in two ways whether it comes to the same.
    """
    if before is None or after is None:
        return Draft(logical_id, before, after)
    if before.get("Type") != after.get("Type"):
        return Draft(
            logical_id, before, after, (Leaf(("Type",), before.get("Type"), after.get("Type"), "always"),)
        )
    facts = schema(str(after.get("Type")))
    leaves = tuple(
        replace(leaf, recreation=_recreation(leaf, facts))
        for leaf in difference(properties(before), properties(after))
        if not is_same(leaf)
    )
    made = Draft(logical_id, before, after, (*leaves, *_attributes(before, after)))
    unknown = Reason(NO_SCHEMA, f"no schema of {made.type} tells whether it is updated in place")
    return replace(made, causes=(unknown,)) if leaves and facts is None else made


def _recreation(leaf: Leaf, facts: Schema | None) -> Recreation:
    if facts is None:
        return "maybe"
    return facts.recreation(leaf.path, was_and_is=leaf.before is not MISSING and leaf.after is not MISSING)


def change(found: Draft, before: Stack | None, after: Stack | None) -> Change:
    """The record of a draft, classed; the origin is the new one, or for what is removed the old one."""
    verdict = classify(_case(found, before, after))
    stacks = [stack for stack in (after, before) if stack is not None]
    return Change(
        logical_id=found.logical_id,
        type=found.type,
        action=verdict.action,
        risk=verdict.risk,
        reasons=(*verdict.reasons, *found.causes),
        properties=tuple(property_change(leaf) for leaf in found.leaves),
        origin=next((s.origins[found.logical_id] for s in stacks if found.logical_id in s.origins), None),
    )


def property_change(leaf: Leaf) -> PropertyChange:
    """A leaf as the reviewer reads it."""
    before, after = shown(leaf)
    return PropertyChange(dotted(leaf.path), before, after, leaf.recreation)


def _case(found: Draft, before: Stack | None, after: Stack | None) -> Case:
    stacks = [stack for stack in (before, after) if stack is not None]
    old = found.before or found.after or {}
    by_type = is_stateful(str(old.get("Type")), properties(old))
    return Case(
        logical_id=found.logical_id,
        type=str(old.get("Type")),
        action=found.action,
        before=found.before,
        after=found.after,
        leaves=found.leaves,
        stateful=by_type or any(found.logical_id in stack.stateful for stack in stacks),
        new_stack=before is None,
        fate=fate(found.action, found.before, found.after),
    )


def _attributes(before: Resource, after: Resource) -> Iterator[Leaf]:
    """Deletion policies, dependencies and the like: never a reason to replace."""
    for name in sorted({*before, *after} - {"Type", "Properties"}):
        yield from difference(before.get(name, MISSING), after.get(name, MISSING), (name,))
