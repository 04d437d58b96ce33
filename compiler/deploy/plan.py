"""Assembly + live stacks -> change sets for everything that changes, made before anything runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from compiler.assembly import Assembly, Stack
from compiler.deploy import (
    bootstrap,
    changeset,
    collecting,
    drifting,
    execution_role,
    express,
    guard,
    hints,
    inputs,
    migrations,
    moving,
    phase_review,
    phasing,
    protection,
    regions,
    removals,
    shown,
)
from compiler.deploy.changeset import Order
from compiler.deploy.clock import Clock, SystemClock
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError
from compiler.deploy.inputs import Outputs
from compiler.deploy.litter import Litter
from compiler.deploy.phases import Phases
from compiler.deploy.prepared import Draft, Prepared, Removal, Step
from compiler.deploy.records import ChangeSet, LiveStack
from compiler.deploy.shown import Forecast
from compiler.deploy.situation import only_looking, without_plan
from compiler.deploy.status import UPDATABLE, State, state
from compiler.deploy.waiting import together
from compiler.review.changes import ChangePlan, StackChanges
from compiler.review.relocations import recognised

Live = Mapping[str, LiveStack]


def make(
    assembly: Assembly,
    aws: Aws,
    clock: Clock | None = None,
    mark: str = "",
    revert: Collection[str] = (),
    *,
    in_express: bool = False,
    settle: bool = True,
    alone: bool = False,
) -> Prepared:
    """Everything that would happen, ready to run; leaves no litter when it fails or is interrupted.

    With a `mark`, the change sets bear it in their names, and no other plan takes them for its own. Those of
    the live stacks that `revert` names bring back what was changed by hand. `in_express` asks for express
    mode where nothing speaks against it. `alone` says that nobody else deploys this environment now, so that
    change sets of other runs are nobody's any more.

    mode where nothing speaks against it. With `settle`, stack policies that a killed run left open are
    closed; without, that is only told.

    RefusedError for the wrong account or region, a busy or a protected stack, for production in express mode.
    """
    with only_looking():
        guard.check_place(assembly, aws)
    if in_express:
        express.check(assembly)
    clock = clock or SystemClock()
    litter = Litter(clock)
    try:
        return _prepare(assembly, aws, clock, litter, mark, revert, in_express, settle, alone)
    except DeployError as error:
        raise without_plan(error, litter.sweep()) from None
    except BaseException:
        litter.sweep()
        raise


def _prepare(
    assembly: Assembly,
    aws: Aws,
    clock: Clock,
    litter: Litter,
    mark: str,
    revert: Collection[str],
    in_express: bool,
    settle: bool,
    alone: bool,
) -> Prepared:
    live = collecting.collect(assembly, aws, regions.survey(assembly, aws), litter, alone)
    drafts = [replace(draft, mark=mark) for draft in _drafts(assembly, aws, live)]
    drafts = [replace(draft, revert=not draft.creates and draft.stack.name in revert) for draft in drafts]
    going = removals.of_strangers(assembly, aws, live)
    outputs = _outputs(drafts, live)
    foreseen = shown.forecast(assembly, drafts, aws)
    drafts = list(protection.settled(drafts, foreseen.live, aws, close=settle))
    phases = phasing.find(assembly, foreseen.live, live)
    wanted = phases.expanded(assembly)
    if phases.expansions:
        drafts = phasing.expanded(drafts, phases)
        foreseen = shown.foreseen(wanted, drafts, foreseen.live)
    where = {name: stack.region or assembly.region for name, stack in live.items()}
    moving.check_names(assembly, {**foreseen.live, **_leaving(going)}, where)
    if in_express:
        drafts = express.drafted(assembly, drafts, foreseen.changes)
    moved = foreseen.moved
    orders = _orders(drafts, outputs, moved)
    made = _change_sets(orders, aws, clock, litter)
    drafts = express.reverted(drafts, made)
    for name, order in _orders(drafts, outputs, moved).items():
        if order != orders[name]:
            made[name] = _instead(order, made[name], aws, clock, litter)
            orders[name] = order
    _check_moving(assembly, live, [name for name, change_set in made.items() if change_set is None])
    steps = tuple(_steps(wanted, foreseen, drafts, orders, made))
    steps = tuple(_noted(step, steps) for step in steps)
    steps = tuple(drifting.noted(step, live.get(step.name)) for step in steps)
    steps = tuple(_phased(step, phases, foreseen) for step in steps)
    again = phasing.contracting(assembly, steps)
    orders = {draft.stack.name: _order(draft, outputs) if at_once else None for draft, at_once in again}
    made = _change_sets(orders, aws, clock, litter)
    ends = phasing.contracted(assembly, phases, [draft for draft, _ in again], orders, made)
    last, going = phasing.ordered(ends, going, phases)
    parts: tuple[Step | Removal, ...] = (*steps, *going, *last)
    stacks = tuple(each.shown for each in parts)
    dead = frozenset(each.live.name for each in going) - {*_leaving(going)}
    ahead = migrations.outlook(assembly, aws, outputs)
    plan = ChangePlan(assembly.platform, assembly.environment, recognised(stacks, dead), ahead)
    before = shown.as_deployed(assembly, foreseen.live, going)
    return Prepared(assembly, plan, (*steps, *last), going, outputs, aws, clock, litter, before, live)


def _orders(drafts: list[Draft], outputs: Outputs, moved: frozenset[str]) -> dict[str, Order | None]:
    return {each.stack.name: None if each.stack.name in moved else _order(each, outputs) for each in drafts}


def _change_sets(
    orders: Mapping[str, Order | None], aws: Aws, clock: Clock, litter: Litter
) -> dict[str, ChangeSet | None]:
    flows = {
        name: changeset.make(aws.in_region(order.stack.region), litter, order)
        for name, order in orders.items()
        if order
    }
    return together(flows, clock)


def _instead(
    order: Order | None, made: ChangeSet | None, aws: Aws, clock: Clock, litter: Litter
) -> ChangeSet | None:
    """The change set of another order in place of one that was made."""
    assert order, "whether there is one does not depend on its mode"
    if made:
        aws.in_region(order.stack.region).delete_change_set(made.name, order.stack.name)
        litter.executed(order.stack.name, made.name)
    return _change_sets({"": order}, aws, clock, litter)[""]


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
    kept_role = found.role_arn if found else ""
    guarded = assembly.profile == "production"
    new = replace(new, guarded=guarded, role=aws.role_arn, kept_role=kept_role)
    # What holds data in production must not be deleted by mistake. That is seen to each time: a deployment
    # may have been killed before it came to this, and a stack may hold its first data only now.
    protect = bool(new.stack.stateful) and assembly.profile == "production"
    if found:
        new = replace(new, since=found.version)
        guard.check_usable(found, assembly)
        if state(found.status) in UPDATABLE:
            return replace(new, creates=False, protect=protect and not found.protected)
        if state(found.status) is State.FAILED_CREATE:
            _check_empty(new.stack, found, assembly, new.door(aws))
            new = replace(new, dead=found)
    return replace(new, protect=protect)


def _check_empty(stack: Stack, dead: LiveStack, assembly: Assembly, aws: Aws) -> None:
    """Only what never held data is deleted without being asked for."""
    if dead.status == "ROLLBACK_COMPLETE":
        return
    held = {r.logical_id for r in aws.resources(dead.name) if r.status != "DELETE_COMPLETE"} & set(
        stack.stateful
    )
    if held:
        raise DeployError(
            f"stack {dead.name} is in {dead.status} and still holds {', '.join(sorted(held))}",
            f"`{hints.way_out(assembly, dead)}` shows what may be lost, and deletes it once that is approved",
        )


def _check_moving(assembly: Assembly, live: Live, unchanged: Iterable[str]) -> None:
    """An update that failed halfway must not be taken for one that has nothing left to do."""
    for name in unchanged:
        if name in live and state(live[name].status) is State.HALFWAY:
            raise DeployError(
                f"stack {name} is in {live[name].status}, and CloudFormation finds nothing in this build to "
                "update it with",
                f"change the spec, or see what `{hints.command(assembly, 'recover', '--stack', name)}` does",
            )


def _leaving(going: Iterable[Removal]) -> dict[str, shown.Template]:
    """The templates of stacks that are removed last, but for those that were never made."""
    return {each.live.name: each.template for each in going if state(each.live.status) in UPDATABLE}


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
) -> Iterator[Step]:
    for draft in drafts:
        order, change_set = orders[draft.stack.name], made.get(draft.stack.name)
        if order is None:
            changes = shown.predicted(assembly, draft, foreseen)
        elif change_set:
            changes = shown.real(draft, change_set, foreseen.live.get(draft.stack.name, {}))
        else:
            changes = shown.nothing(draft)
        yield Step(draft, changes, order, change_set)


def _phased(step: Step, phases: Phases, foreseen: Forecast) -> Step:
    live = foreseen.live.get(step.name, {})
    return replace(step, shown=phase_review.noted(step.shown, phases, live))


def _noted(step: Step, steps: tuple[Step, ...]) -> Step:
    notes = (*step.shown.notes, *_notes(step, steps))
    return replace(step, shown=replace(step.shown, notes=notes))


def _notes(step: Step, steps: tuple[Step, ...]) -> Iterator[str]:
    if step.draft.dead:
        yield (
            f"its first deployment failed ({step.draft.dead.status}): the stack is deleted and created anew"
        )
    sources = inputs.sources(step.draft.stack)
    changing = sorted(s.name for s in steps if s.name in sources and _changes(s.shown))
    if step.order is None and not step.draft.dead:
        first = ", ".join(changing or sorted(sources))
        yield f"predicted from the template: its change set can be made only after {first}"
    elif changing and _changes(step.shown) and not step.draft.dead:
        yield (
            f"made with today's outputs of {', '.join(changing)}; if they change, it is made anew "
            "and must come out the same"
        )
    if step.draft.protect:
        yield "termination protection is turned on"
    if _changes(step.shown) and (mode := express.note(step.draft)):
        yield mode
    yield from protection.notes(step)
    role = execution_role.note(step.draft.role, step.draft.kept_role, changes=_changes(step.shown))
    yield from filter(None, [role])


def _changes(changes: StackChanges) -> bool:
    return changes.action != "none"
