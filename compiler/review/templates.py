"""Two assemblies -> ChangePlan: what deploying the second over the first would do, predicted without AWS."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from compiler.assembly import Assembly, Stack
from compiler.review.carry import Moves, arriving, blame, carry
from compiler.review.changes import Change, ChangePlan, StackAction, StackChanges
from compiler.review.draft import Draft, change, draft
from compiler.review.moves import found as moves_between
from compiler.review.notes import notes
from compiler.review.paths import Leaf
from compiler.review.reach import noted
from compiler.review.relocated import relocated
from compiler.review.relocations import recognised
from compiler.review.settle import Settled, settle


def compare(before: Assembly | None, after: Assembly) -> ChangePlan:
    """The plan from `before`, or from nothing, to `after`; stacks match by name, resources by logical id.

    Values are compared as far as they are known: what is only written in another way is no change. A stack of
    another region is another stack, whatever its name. The stacks of `after` come in the order of deployment,
    then the removed ones in the reverse of theirs. What only moves is in the plan's `moves`; the stacks have
    what changes after that.
    """
    moves = moves_between(before, after) if before else ()
    both = settle(relocated(before, after, moves) if before else None, after)
    written, old = _by_place(after), _by_place(both.before) if both.before else {}
    arrived: dict[str, Moves] = {}
    new = _by_place(both.after)
    stacks = [_stack(old.get(place), stack, written[place], both, arrived) for place, stack in new.items()]
    stacks += [_removed(old[place]) for place in reversed(old) if place not in new]
    plan = ChangePlan(after.platform, after.environment, recognised(stacks), moves=moves)
    return noted(plan, both.before, both.after)


def _by_place(assembly: Assembly) -> dict[tuple[str, str], Stack]:
    return {(stack.name, assembly.region_of(stack)): stack for stack in assembly.stacks}


def _stack(
    old: Stack | None, new: Stack, written: Stack, both: Settled, moves: dict[str, Moves]
) -> StackChanges:
    """What changes in a stack; `written` is the new one with its functions as they were written."""
    moves[new.name] = arriving(new, both.before, both.after, moves) if old else {}
    is_same = partial(both.is_same, new.name)
    said = notes(old, new, both, moves[new.name])
    drafts = {found.logical_id: found for found in _own(old, new, is_same)}
    if old is not None:
        blame(drafts, written.template, moves[new.name])
        carry(drafts, new.template, moves[new.name])
    changes = _changes(drafts, old, new)
    action: StackAction = "update" if changes or said or _differs(old, new) else "none"
    action = action if old else "create"
    return StackChanges(new.name, new.layer, action, changes, notes=said, region=new.region)


def _removed(old: Stack) -> StackChanges:
    drafts = {name: draft(name, resource, None) for name, resource in _resources(old).items()}
    changes = _changes(drafts, old, None)
    return StackChanges(old.name, old.layer, "delete", changes, region=old.region)


def _own(old: Stack | None, new: Stack, is_same: Callable[[Leaf], bool]) -> Iterator[Draft]:
    """The resources that differ by themselves."""
    was, now = _resources(old), _resources(new)
    for logical_id in sorted({*was, *now}):
        if was.get(logical_id) != now.get(logical_id):
            found = draft(logical_id, was.get(logical_id), now.get(logical_id), is_same)
            if found.action != "modify" or found.leaves:
                yield found


def _changes(drafts: Mapping[str, Draft], old: Stack | None, new: Stack | None) -> tuple[Change, ...]:
    return tuple(change(drafts[name], old, new) for name in sorted(drafts))


def _resources(stack: Stack | None) -> Mapping[str, Any]:
    return (stack.template.get("Resources") or {}) if stack else {}


def _differs(old: Stack | None, new: Stack) -> bool:
    return old is not None and old.template != new.template
