"""Assembly + live stacks -> change sets for everything that changes, made before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from compiler.assembly import Assembly, Stack
from compiler.deploy import (
    bootstrap,
    changeset,
    guard,
    inputs,
    migrations,
    moving,
    regions,
    relocate,
    removals,
    renamed,
    shown,
)
from compiler.deploy import imports as taking
from compiler.deploy.changeset import Order
from compiler.deploy.clock import Clock, SystemClock
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError
from compiler.deploy.inputs import Outputs
from compiler.deploy.litter import Litter
from compiler.deploy.prepared import Draft, Prepared, Removal, Step
from compiler.deploy.records import ChangeSet, LiveStack
from compiler.deploy.shown import Forecast
from compiler.deploy.status import State, state
from compiler.deploy.takeover import NOTHING, Imports
from compiler.deploy.waiting import together
from compiler.review.changes import ChangePlan, StackChanges
from compiler.review.moves import touched
from compiler.review.relocations import recognised

Live = Mapping[str, LiveStack]


def make(
    assembly: Assembly,
    aws: Aws,
    clock: Clock | None = None,
    mark: str = "",
    imports: Imports = NOTHING,
) -> Prepared:
    """Everything that would happen, ready to run; leaves no litter when it fails or is interrupted.

    With a `mark`, the change sets bear it in their names, and no other plan takes them for its own. `imports`
    says what may be taken over.

    RefusedError for the wrong account or region, a busy or a protected stack.
    """
    guard.check_place(assembly, aws)
    clock = clock or SystemClock()
    litter = Litter(clock)
    try:
        return _prepare(assembly, aws, clock, litter, mark, imports)
    except BaseException:
        litter.sweep()
        raise


def _prepare(
    assembly: Assembly, aws: Aws, clock: Clock, litter: Litter, mark: str, imports: Imports
) -> Prepared:
    live = regions.survey(assembly, aws)
    drafts = [replace(draft, mark=mark, imports=imports) for draft in _drafts(assembly, aws, live)]
    going = removals.of_strangers(assembly, aws, live)
    outputs = _outputs(drafts, live)
    foreseen = shown.forecast(assembly, drafts, aws, going)
    drafts = relocate.checked(drafts, foreseen.moves, live, aws)
    going = tuple(shown.after_moves(each, foreseen) for each in going)
    where = {stack.name: assembly.region_of(stack) for stack in assembly.stacks}
    where |= {name: stack.region or assembly.region for name, stack in live.items()}
    moving.check_names(assembly, {**_leaving(going), **foreseen.settled}, where)
    moved = foreseen.moved
    orders = {
        draft.stack.name: None if draft.stack.name in moved else _order(draft, outputs) for draft in drafts
    }
    flows = {
        name: changeset.make(aws.in_region(order.stack.region), litter, order)
        for name, order in orders.items()
        if order
    }
    made = together(flows, clock)
    steps = tuple(_steps(assembly, foreseen, drafts, orders, made, aws))
    taking.check([step.shown for step in steps], imports)
    steps = tuple(_noted(step, steps, touched(foreseen.moves)) for step in steps)
    steps = renamed.noted(steps, assembly, foreseen.live)
    stacks = tuple(step.shown for step in steps) + tuple(removal.shown for removal in going)
    dead = frozenset(each.live.name for each in going) - {*_leaving(going)}
    ahead = migrations.outlook(assembly, aws, outputs)
    plan = ChangePlan(
        assembly.platform, assembly.environment, recognised(stacks, dead), ahead, foreseen.moves
    )
    before = shown.as_deployed(assembly, foreseen.live, going)
    return Prepared(assembly, plan, steps, going, outputs, aws, clock, litter, before, live)


def _drafts(assembly: Assembly, aws: Aws, live: Live) -> Iterator[Draft]:
    for region in bootstrap.needed(assembly):
        yield _draft(Draft(bootstrap.stack(region), bootstrap.TAGS, creates=True), assembly, aws, live)
    first = next((stack.name for stack in assembly.stacks if not stack.region), None)
    for stack in assembly.stacks:
        if stack.name in live:
            guard.check_owned(live[stack.name], assembly)
        memory = regions.elsewhere(assembly, live.values()) if stack.name == first else {}
        yield _draft(Draft(stack, guard.tags(assembly) | memory, creates=True), assembly, aws, live)


def _draft(new: Draft, assembly: Assembly, aws: Aws, live: Live) -> Draft:
    found = live.get(new.stack.name)
    # What holds data in production must not be deleted by mistake. That is seen to each time: a deployment
    # may have been killed before it came to this, and a stack may hold its first data only now.
    protect = bool(new.stack.stateful) and assembly.profile == "production"
    if found:
        guard.check_usable(found)
        if state(found.status) is State.READY:
            return replace(new, creates=False, protect=protect and not found.protected)
        if state(found.status) is State.FAILED_CREATE:
            _check_empty(new.stack, found, new.door(aws))
            new = replace(new, dead=found)
    return replace(new, protect=protect)


def _check_empty(stack: Stack, dead: LiveStack, aws: Aws) -> None:
    """Only what never held data is deleted without being asked for."""
    if dead.status == "ROLLBACK_COMPLETE":
        return
    held = {r.logical_id for r in aws.resources(dead.name) if r.status != "DELETE_COMPLETE"} & set(
        stack.stateful
    )
    if held:
        raise DeployError(
            f"stack {dead.name} is in {dead.status} and still holds {', '.join(sorted(held))}",
            "save what must not be lost, delete it with "
            f"`aws cloudformation delete-stack {guard.options(dead)}` and run again",
        )


def _leaving(going: Iterable[Removal]) -> dict[str, shown.Template]:
    """The templates of stacks that are removed last, but for those that were never made."""
    return {each.live.name: each.template for each in going if state(each.live.status) is State.READY}


def _outputs(drafts: list[Draft], live: Live) -> Outputs:
    return {draft.stack.name: live[draft.stack.name].outputs for draft in drafts if not draft.creates}


def _order(draft: Draft, outputs: Outputs) -> Order | None:
    values = inputs.resolve(draft.stack, outputs)
    bucket = outputs.get(bootstrap.name(draft.stack.region), {}).get(bootstrap.BUCKET_OUTPUT)
    waits = bootstrap.is_large(draft.stack) and bucket is None
    return None if values is None or waits or draft.dead else draft.order(values, bucket)


def _steps(
    assembly: Assembly,
    foreseen: Forecast,
    drafts: list[Draft],
    orders: Mapping[str, Order | None],
    made: Mapping[str, ChangeSet | None],
    aws: Aws,
) -> Iterator[Step]:
    for draft in drafts:
        order, change_set = orders[draft.stack.name], made.get(draft.stack.name)
        if order is None:
            changes = taking.foreseen(shown.predicted(assembly, draft, foreseen), draft.imports)
        elif change_set:
            changes = shown.real(draft, change_set, foreseen.live.get(draft.stack.name, {}))
            changes = taking.judged(changes, change_set, draft, draft.door(aws))
        else:
            changes = shown.nothing(draft)
        yield Step(draft, changes, order, change_set)


def _noted(step: Step, steps: tuple[Step, ...], moving: frozenset[str]) -> Step:
    notes = (*step.shown.notes, *_notes(step, steps, step.name in moving))
    return replace(step, shown=replace(step.shown, notes=notes))


def _notes(step: Step, steps: tuple[Step, ...], moves: bool) -> Iterator[str]:
    if step.draft.dead:
        yield (
            f"its first deployment failed ({step.draft.dead.status}): the stack is deleted and created anew"
        )
    sources = inputs.sources(step.draft.stack)
    changing = sorted(s.name for s in steps if s.name in sources and _changes(s.shown))
    if step.order is None and not step.draft.dead:
        first = "what moves has moved" if moves else ", ".join(changing or sorted(sources))
        yield f"predicted from the template: its change set can be made only after {first}"
    elif changing and _changes(step.shown) and not step.draft.dead:
        yield (
            f"made with today's outputs of {', '.join(changing)}; if they change, it is made anew "
            "and must come out the same"
        )
    if step.draft.protect:
        yield "termination protection is turned on"


def _changes(changes: StackChanges) -> bool:
    return changes.action != "none"
