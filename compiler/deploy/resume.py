"""A reviewed plan + live stacks -> the same plan, ready to run, if nothing has moved since it was shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from compiler.assembly import Stack, sha256
from compiler.deploy import bootstrap, guard, imports, inputs, migrations, regions, seen, shown
from compiler.deploy.changeset import Order
from compiler.deploy.clock import Clock, SystemClock
from compiler.deploy.door import Aws
from compiler.deploy.errors import RefusedError
from compiler.deploy.inputs import Outputs
from compiler.deploy.litter import Litter
from compiler.deploy.prepared import Draft, Prepared, Removal, Step
from compiler.deploy.records import ChangeSet, LiveStack
from compiler.deploy.reviewed import Reviewed, ReviewedRemoval, ReviewedStep
from compiler.deploy.status import SUCCESS, UPDATABLE, State, state
from compiler.review.changes import MigrationPlan, StackChanges, key

_AGAIN = (
    "nothing was changed; look at what happened, make a new plan with `formwork plan --out`, "
    "and delete what this one left with `formwork plan --discard`"
)


def resume(reviewed: Reviewed, aws: Aws, now: datetime, clock: Clock | None = None) -> Prepared:
    """The plan as it was reviewed, without what an earlier run of it has done already; changes nothing.

    RefusedError, saying what, when anything has moved since it was made.
    """
    if now >= reviewed.expires:
        raise RefusedError(f"the plan expired on {reviewed.expires:%Y-%m-%d at %H:%M UTC}", _AGAIN)
    check_place(reviewed, aws)
    look = _look(reviewed, aws)
    steps = tuple(_step(look, entry) for entry in reviewed.steps)
    removals = tuple(_removals(look))
    look.moved.extend(_migrations(look))
    if look.moved:
        raise RefusedError(f"the plan no longer fits what is deployed: {'; '.join(look.moved)}", _AGAIN)
    guard.check_removable([removal.live for removal in removals])
    clock = clock or SystemClock()
    done = frozenset(look.done)
    return Prepared(
        reviewed.assembly,
        reviewed.plan,
        steps,
        removals,
        look.outputs,
        aws,
        clock,
        Litter(clock),
        live=look.live,
        done=done,
    )


def check_place(reviewed: Reviewed, aws: Aws) -> None:
    """RefusedError when this is not the account and the region that the plan was made in."""
    caller = guard.check_place(reviewed.assembly, aws)
    if caller.account != reviewed.account:
        raise RefusedError(
            f"the plan was made in account {reviewed.account}, but these credentials are of account "
            f"{caller.account}",
            "choose the right credentials with --profile",
        )


@dataclass(frozen=True)
class _Look:
    """What is found while the plan is held against what is there."""

    reviewed: Reviewed
    aws: Aws
    live: Mapping[str, LiveStack]
    outputs: Outputs
    stacks: Mapping[str, Stack]
    shown: Mapping[str, StackChanges]
    moved: list[str]  # in words
    done: set[str]  # the keys of what an earlier run of this plan has brought to what was shown


def _look(reviewed: Reviewed, aws: Aws) -> _Look:
    assembly = reviewed.assembly
    live = regions.survey(assembly, aws)
    own = [*map(bootstrap.stack, bootstrap.needed(assembly)), *assembly.stacks]
    outputs = {
        stack.name: live[stack.name].outputs
        for stack in own
        if stack.name in live and state(live[stack.name].status) in UPDATABLE
    }
    stacks = {stack.name: stack for stack in own}
    changes = {stack.key: stack for stack in reviewed.plan.stacks}
    return _Look(reviewed, aws, live, outputs, stacks, changes, [], set())


def _step(look: _Look, entry: ReviewedStep) -> Step:
    return replace(_found_step(look, entry), after=frozenset(entry.after))


def _found_step(look: _Look, entry: ReviewedStep) -> Step:
    draft, found = _draft(look, entry), look.live.get(entry.stack)
    changes = look.shown[entry.key]
    order = _order(look, draft)
    if found and order and changes.action != "none" and _ran(draft.door(look.aws), found, order):
        look.done.add(entry.key)
        return Step(draft, changes, order, None)
    if found and entry.phase == "expand" and _contracted(look, entry, found):
        look.done.add(entry.key)
        return Step(draft, changes, order, None)
    # Whether the stack is as it was before both its updates is asked for the first one.
    look.moved.extend(_moves(look, entry, draft, found) if entry.phase != "contract" else ())
    if entry.name is None or order is None or order.name != entry.name:
        look.moved.extend(_other_inputs(look, entry, draft))
        stale = draft.door(look.aws).change_set(entry.change_set) if entry.change_set else None
        return Step(draft, changes, None, stale)
    return Step(draft, changes, order, _change_set(look, entry, draft))


def _draft(look: _Look, entry: ReviewedStep) -> Draft:
    stack, found = look.stacks[entry.stack], look.live.get(entry.stack)
    if entry.expanded:
        stack = replace(stack, template=entry.expanded, capabilities=entry.capabilities)
    if sha256(stack.body.encode()) != entry.template:  # only the bootstrap's is not in the file
        look.moved.append(f"the template of stack {entry.stack} is not the one that was shown")
    dead = found if found and state(found.status) is State.FAILED_CREATE else None
    protect = entry.protect and not (found and found.protected)
    guarded, since = look.reviewed.assembly.profile == "production", found.version if found else ""
    made = Draft(stack, entry.tags, entry.creates, dead, protect, look.reviewed.mark, entry.express)
    made = replace(made, revert=entry.revert, phase=entry.phase, imports=entry.imports)
    return replace(made, guarded=guarded, since=since)


def _contracted(look: _Look, entry: ReviewedStep, found: LiveStack) -> bool:
    """Whether the second update of a stack has run, and so the first one before it."""
    last = next(each for each in look.reviewed.steps if each.key == key(entry.stack, "contract"))
    draft = _draft(look, last)
    order = _order(look, draft)
    return order is not None and _ran(draft.door(look.aws), found, order)


def _order(look: _Look, draft: Draft) -> Order | None:
    """What the change set would be made of now; None when an earlier stack must be there first."""
    values = inputs.resolve(draft.stack, look.outputs)
    bucket = look.outputs.get(bootstrap.name(draft.stack.region), {}).get(bootstrap.BUCKET_OUTPUT)
    return None if values is None else draft.order(values, bucket)


def _ran(aws: Aws, found: LiveStack, order: Order) -> bool:
    """Whether the last thing that happened to a stack is that this plan's change set was executed."""
    last = next((event.token for event in aws.events(found.id) if event.of_stack), None)
    if last != order.name:
        return False
    if state(found.status) is State.BUSY:
        raise guard.busy(found)
    return found.status in SUCCESS


def _moves(look: _Look, entry: ReviewedStep, draft: Draft, found: LiveStack | None) -> Iterator[str]:
    waiting = found is None or state(found.status) is State.REVIEW
    # What is left of a first deployment that failed may have been deleted by an earlier run.
    if entry.seen is None or (entry.creates and waiting):
        if found and not waiting:
            yield f"stack {entry.stack} is there ({found.status}), and was not"
    elif found is None:
        yield f"stack {entry.stack} is gone"
    else:
        yield from seen.moves(entry.seen, _seen(look, found, draft.door(look.aws)))


def _seen(look: _Look, found: LiveStack, aws: Aws) -> seen.Seen:
    return seen.of(found, shown.deployed(found.name, aws))


def _other_inputs(look: _Look, entry: ReviewedStep, draft: Draft) -> Iterator[str]:
    """The values that are others than shown, unless they come from what this plan itself has done."""
    if entry.name is None:
        return
    values = inputs.resolve(draft.stack, look.outputs) or {}
    for name, wire in sorted(draft.stack.parameters.items()):
        source = inputs.source(wire, draft.stack)
        value = values.get(name)
        same = value is not None and seen.digest(entry.stack, name, value) == entry.inputs.get(name)
        if not same and source not in look.done:
            yield f"{name}, which stack {entry.stack} takes from stack {source}, has another value"


def _change_set(look: _Look, entry: ReviewedStep, draft: Draft) -> ChangeSet | None:
    """The one that was shown; says so when it cannot be executed, or says something else by now."""
    if entry.change_set is None:
        return None
    made = draft.door(look.aws).change_set(entry.change_set)
    if made is None:
        look.moved.append(f"the change set of stack {entry.stack} is gone")
    elif made.execution != "AVAILABLE" or made.stack_id != entry.stack_id:
        look.moved.append(f"the change set of stack {entry.stack} is {made.execution}, not AVAILABLE")
    elif not _same(look.shown[entry.key], _real(look, draft, made)):
        look.moved.append(f"the change set of stack {entry.stack} says something else than was shown")
    return made


def _real(look: _Look, draft: Draft, made: ChangeSet) -> StackChanges:
    found = shown.real(draft, made, shown.live_template(draft, look.aws))
    return imports.judged(found, made, draft, draft.door(look.aws))


def _same(one: StackChanges, other: StackChanges) -> bool:
    return one.changes == other.changes


def _removals(look: _Look) -> Iterator[Removal]:
    for entry in look.reviewed.removals:
        found = look.live.get(entry.seen.name)
        if found is None:
            look.done.add(entry.seen.name)
        else:
            yield _removal(look, entry, found)


def _removal(look: _Look, entry: ReviewedRemoval, found: LiveStack) -> Removal:
    template = shown.deployed(found.name, look.aws.in_region(found.region))
    look.moved.extend(seen.moves(entry.seen, seen.of(found, template)))
    return Removal(found, template, look.shown[found.name], frozenset(entry.after))


def _migrations(look: _Look) -> Iterator[str]:
    """What migrations would do now that was not shown; what could not be known then covers everything."""
    now = {
        each.component: each for each in migrations.outlook(look.reviewed.assembly, look.aws, look.outputs)
    }
    for then in look.reviewed.plan.migrations:
        if then.pending is not None:
            found = sorted(_work(now[then.component]) - _work(then))
            yield from (f"migrations of {then.component}: {each} was not shown" for each in found)


def _work(plan: MigrationPlan) -> set[str]:
    users = {f"{what.replace('_', ' ')} {name}" for what, names in plan.users.items() for name in names}
    return {*(plan.pending or ()), *users, *filter(None, [plan.obstacle])}
