"""Change sets, templates and live stacks -> what the reviewer is shown for one stack."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from compiler.assembly import Assembly, Stack
from compiler.deploy.door import Aws
from compiler.deploy.prepared import Draft
from compiler.deploy.records import ChangeSet, LiveStack
from compiler.review import changesets, templates
from compiler.review.changes import Change, StackAction, StackChanges
from compiler.review.rules import CARRIED_ACROSS


def real(draft: Draft, made: ChangeSet, aws: Aws) -> StackChanges:
    """What a change set says."""
    action: StackAction = "create" if draft.creates else "update"
    live = {} if draft.creates else _live(draft.stack, aws).template
    changes = changesets.read(made.pages, draft.stack, live)
    return StackChanges(draft.stack.name, draft.stack.layer, action, changes, change_set=made.arn)


def nothing(draft: Draft) -> StackChanges:
    """A stack that stays as it is."""
    return StackChanges(draft.stack.name, draft.stack.layer, "none", ())


def predicted(assembly: Assembly, draft: Draft, drafts: Iterable[Draft], aws: Aws) -> StackChanges:
    """What the templates say, for a change set that cannot be made yet."""
    if draft.creates:
        return replace(_only(None, assembly, draft.stack), predicted=True)
    # All live templates: a replacement in an earlier stack is carried along the wiring into this one.
    before = tuple(_live(each.stack, aws) for each in drafts if not each.creates)
    found = templates.compare(replace(assembly, stacks=before), assembly)
    changes = {stack.stack: stack for stack in found.stacks}[draft.stack.name]
    return replace(changes, action="update", predicted=True)


def moved(assembly: Assembly, drafts: Iterable[Draft], aws: Aws) -> frozenset[str]:
    """The live stacks that take another value from an earlier stack once that is updated.

    A change set made of today's values would not show what the new ones bring about.
    """
    before = tuple(_live(each.stack, aws) for each in drafts if not each.creates)
    if len(before) < 2:
        return frozenset()
    found = templates.compare(replace(assembly, stacks=before), assembly)
    return frozenset(stack.stack for stack in found.stacks if any(map(is_carried, stack.changes)))


def is_carried(change: Change) -> bool:
    """Whether a change follows from another stack's, so that it is certain only after that has been made."""
    return any(reason.rule == CARRIED_ACROSS for reason in change.reasons)


def removal(assembly: Assembly, live: LiveStack, aws: Aws) -> StackChanges:
    """What deleting a live stack would do; one that the assembly lacks is known by its template only."""
    own = {stack.name: stack for stack in assembly.stacks}
    stack = own.get(live.name) or Stack(live.name, "", {}, {}, (), (), {}, ())
    gone = _live(replace(stack, name=live.name), aws)
    found = templates.compare(replace(assembly, stacks=(gone,)), replace(assembly, stacks=()))
    return found.stacks[0]


def _only(before: Assembly | None, assembly: Assembly, stack: Stack) -> StackChanges:
    return templates.compare(before, replace(assembly, stacks=(stack,))).stacks[0]


def _live(stack: Stack, aws: Aws) -> Stack:
    """The stack with the template that is deployed; one that is not JSON is not of our making."""
    try:
        template: Mapping[str, object] = json.loads(aws.template(stack.name))
    except ValueError:
        template = {}
    return replace(stack, template=template)
