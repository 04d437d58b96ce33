"""Change sets, templates and live stacks -> what the reviewer is shown for one stack."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from compiler.assembly import Assembly, Stack
from compiler.deploy import told
from compiler.deploy.door import Aws
from compiler.deploy.intermediate import PLACEHOLDER
from compiler.deploy.prepared import Draft, Removal
from compiler.deploy.records import ChangeSet, LiveStack
from compiler.deploy.status import State, state
from compiler.review import changesets, live_drift, templates
from compiler.review import moves as moving
from compiler.review.changes import Change, Relocation, StackAction, StackChanges
from compiler.review.relocated import relocated
from compiler.review.rules import CARRIED_ACROSS

Template = Mapping[str, Any]


@dataclass(frozen=True)
class Forecast:
    """The live stacks, read once, and what the templates say that the assembly changes."""

    live: Mapping[str, Template]  # of the stacks that are there, by name
    changes: Mapping[str, StackChanges]
    moves: tuple[Relocation, ...] = ()
    settled: Mapping[str, Template] = field(default_factory=dict)  # after the moves, those that go too

    def after_moves(self, name: str) -> Template:
        """A live stack's template as it is once the moves are done; nothing of one that is not there."""
        found = self.settled if name in moving.touched(self.moves) else self.live
        return found.get(name, {})

    @property
    def moved(self) -> frozenset[str]:
        """The live stacks that take another value from an earlier stack once that is updated, and those
        that something moves out of or into.

        A change set made of today's values would not show what the new ones bring about.
        """
        touched = moving.touched(self.moves)
        if len(self.live) < 2:
            return touched
        carried = (name for name, found in self.changes.items() if any(map(is_carried, found.changes)))
        return touched | frozenset(carried)


def forecast(
    assembly: Assembly, drafts: Iterable[Draft], aws: Aws, going: Iterable[Removal] = ()
) -> Forecast:
    """All live templates beside the assembly's: what changes in one stack is carried along the wiring.

    What moves out of stacks that are `going` is looked for too.
    """
    drafts = [each for each in drafts if not each.creates]
    live = {each.stack.name: _live(each.stack, each.door(aws)).template for each in drafts}
    return foreseen(assembly, drafts, live, going)


def foreseen(
    assembly: Assembly, drafts: Iterable[Draft], live: Mapping[str, Template], going: Iterable[Removal] = ()
) -> Forecast:
    """The same of live templates that have been read already."""
    before = tuple(
        replace(each.stack, template=live[each.stack.name]) for each in drafts if each.stack.name in live
    )
    leaving = [_leaving(assembly, each) for each in going if state(each.live.status) is State.READY]
    whole = replace(assembly, stacks=(*before, *leaving))
    moves = moving.found(whole, assembly)
    if not moving.touched(moves) & {stack.name for stack in leaving}:
        whole = replace(assembly, stacks=before)
    settled = relocated(whole, assembly, moves)
    found = templates.compare(settled, assembly)
    there = {stack.name: stack.template for stack in (*leaving, *settled.stacks)}
    return Forecast(live, {stack.stack: stack for stack in found.stacks}, moves, there)


def deployed(stack: str, aws: Aws) -> Template:
    """The template that is deployed of a live stack; one that is not JSON is not of our making."""
    try:
        template: Template = json.loads(aws.template(stack))
    except ValueError:
        return {}
    return template


def live_template(draft: Draft, aws: Aws) -> Template:
    """What is deployed of a stack; nothing of one that is still to be made."""
    return {} if draft.creates else _live(draft.stack, draft.door(aws)).template


def real(draft: Draft, made: ChangeSet, live: Template) -> StackChanges:
    """What a change set says; `live` is the stack's deployed template."""
    action: StackAction = "create" if draft.creates else "update"
    stack = draft.stack
    found = changesets.read(made.pages, stack, live)
    changes = tuple(change for change in found if change.logical_id != PLACEHOLDER)
    notes = (*told.notes(stack, made), *live_drift.notes(made.pages))
    return StackChanges(
        stack.name, stack.layer, action, changes, change_set=made.arn, notes=notes, region=stack.region
    )


def nothing(draft: Draft) -> StackChanges:
    """A stack that stays as it is."""
    return StackChanges(draft.stack.name, draft.stack.layer, "none", (), region=draft.stack.region)


def predicted(assembly: Assembly, draft: Draft, foreseen: Forecast) -> StackChanges:
    """What the templates say, for a change set that cannot be made yet."""
    if draft.creates:
        return replace(_only(None, assembly, draft.stack), predicted=True)
    return replace(foreseen.changes[draft.stack.name], action="update", predicted=True)


def is_carried(change: Change) -> bool:
    """Whether a change follows from another stack's, so that it is certain only after that has been made."""
    return any(reason.rule == CARRIED_ACROSS for reason in change.reasons)


def removal(assembly: Assembly, live: LiveStack, after: Iterable[str], aws: Aws) -> Removal:
    """Deleting a live stack, and what that would do; one that the assembly lacks is known by its template."""
    own = {stack.name: stack for stack in assembly.stacks}
    region = "" if live.region == assembly.region else live.region
    stack = own.get(live.name) or Stack(live.name, "", {}, {}, (), (), {}, (), region=region)
    gone = _live(stack, aws.in_region(region))
    found = templates.compare(replace(assembly, stacks=(gone,)), replace(assembly, stacks=()))
    return Removal(live, gone.template, found.stacks[0], frozenset(after))


def after_moves(going: Removal, foreseen: Forecast) -> Removal:
    """A removal, shown without what has been taken elsewhere before."""
    if going.live.name not in moving.touched(foreseen.moves):
        return going
    return replace(going, shown=foreseen.changes[going.live.name])


def as_deployed(
    assembly: Assembly, live: Mapping[str, Template], going: Iterable[Removal]
) -> Assembly | None:
    """The assembly as it is now: live templates in place of its own, and stacks that are to go."""
    there = [replace(each, template=live[each.name]) for each in assembly.stacks if each.name in live]
    there += [_leaving(assembly, each) for each in going]
    return replace(assembly, stacks=tuple(there)) if there else None


def _leaving(assembly: Assembly, going: Removal) -> Stack:
    region = "" if going.live.region == assembly.region else going.live.region
    return Stack(
        going.live.name, "", going.template, {}, (), (), {}, (), label=going.live.name, region=region
    )


def _only(before: Assembly | None, assembly: Assembly, stack: Stack) -> StackChanges:
    return templates.compare(before, replace(assembly, stacks=(stack,))).stacks[0]


def _live(stack: Stack, aws: Aws) -> Stack:
    found = deployed(stack.name, aws)
    if PLACEHOLDER in (found.get("Resources") or {}):  # of a move; it goes by itself and was never shown
        kept = {name: each for name, each in found["Resources"].items() if name != PLACEHOLDER}
        found = {**found, "Resources": kept}
    return replace(stack, template=found)
