"""Assembly + live stacks -> change sets for everything that changes, made before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from compiler.assembly import Assembly
from compiler.deploy import (
    bootstrap,
    changeset,
    collecting,
    drafting,
    drifting,
    express,
    guard,
    inputs,
    migrations,
    moving,
    noting,
    phasing,
    protection,
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
from compiler.deploy.phases import Phases
from compiler.deploy.prepared import Draft, Prepared, Removal, Step
from compiler.deploy.records import ChangeSet, LiveStack
from compiler.deploy.shown import Forecast
from compiler.deploy.situation import only_looking, without_plan
from compiler.deploy.status import UPDATABLE, state
from compiler.deploy.wishes import Wishes
from compiler.review.changes import ChangePlan
from compiler.review.relocations import recognised

Removals = tuple[Removal, ...]


def make(
    assembly: Assembly,
    aws: Aws,
    clock: Clock | None = None,
    mark: str = "",
    wishes: Wishes | None = None,
) -> Prepared:
    """Everything that would happen, ready to run; leaves no litter when it fails or is interrupted.

    With a `mark`, the change sets bear it in their names, and no other plan takes them for its own.

    RefusedError for the wrong account or region, a busy or a protected stack, for production in express mode.
    """
    wishes, clock = wishes or Wishes(), clock or SystemClock()
    with only_looking():
        guard.check_place(assembly, aws)
    if wishes.express:
        express.check(assembly)
    litter = Litter(clock)
    try:
        return _prepare(_Desk(assembly, aws, clock, litter, mark, wishes))
    except DeployError as error:
        raise without_plan(error, litter.sweep()) from None
    except BaseException:
        litter.sweep()
        raise


@dataclass(frozen=True)
class _Desk:
    """What everything here works with."""

    assembly: Assembly
    aws: Aws
    clock: Clock
    litter: Litter
    mark: str
    wishes: Wishes


@dataclass(frozen=True)
class _Sketch:
    """What the templates say, before any change set is made."""

    live: Mapping[str, LiveStack]
    drafts: list[Draft]
    going: Removals
    outputs: Outputs
    foreseen: Forecast
    phases: Phases
    wanted: Assembly  # with what must stay for a while yet


def _prepare(desk: _Desk) -> Prepared:
    sketch = _sketch(desk)
    steps = noting.noted(_first(desk, sketch), sketch.foreseen, sketch.phases, sketch.live)
    steps = renamed.noted(steps, desk.assembly, sketch.foreseen.live)
    last, going = _last(desk, sketch, steps)
    parts: tuple[Step | Removal, ...] = (*steps, *going, *last)
    dead = frozenset(each.live.name for each in going) - {*_leaving(going)}
    stacks = recognised(tuple(each.shown for each in parts), dead)
    ahead = migrations.outlook(desk.assembly, desk.aws, sketch.outputs)
    moves = sketch.foreseen.moves
    return Prepared(
        desk.assembly,
        ChangePlan(desk.assembly.platform, desk.assembly.environment, stacks, ahead, moves),
        (*steps, *last),
        going,
        sketch.outputs,
        desk.aws,
        desk.clock,
        desk.litter,
        shown.as_deployed(desk.assembly, sketch.foreseen.live, going),
        sketch.live,
    )


def _sketch(desk: _Desk) -> _Sketch:
    assembly, aws, wishes = desk.assembly, desk.aws, desk.wishes
    live = collecting.collect(assembly, aws, regions.survey(assembly, aws), desk.litter, wishes.alone)
    drafts = list(drafting.drafts(assembly, aws, live, desk.mark, wishes))
    going = removals.of_strangers(assembly, aws, live)
    outputs = _outputs(drafts, live)
    foreseen = shown.forecast(assembly, drafts, aws, going)
    drafts = relocate.checked(assembly, drafts, foreseen.moves, live, aws)
    drafts = list(protection.settled(drafts, foreseen.live, aws, close=wishes.settle))
    phases = phasing.find(assembly, foreseen, live)
    wanted = phases.expanded(assembly)
    if phases.expansions:
        drafts = phasing.expanded(drafts, phases)
        foreseen = shown.foreseen(wanted, drafts, foreseen.live, going)
    going = tuple(shown.after_moves(each, foreseen) for each in going)
    where = {stack.name: assembly.region_of(stack) for stack in assembly.stacks}
    where |= {name: stack.region or assembly.region for name, stack in live.items()}
    moving.check_names(assembly, {**_leaving(going), **foreseen.settled}, where)
    if wishes.express:
        drafts = express.drafted(assembly, drafts, foreseen.changes)
    return _Sketch(live, drafts, going, outputs, foreseen, phases, wanted)


def _first(desk: _Desk, sketch: _Sketch) -> tuple[Step, ...]:
    """Each stack's update, for some the first of two."""
    drafts, outputs, moved = sketch.drafts, sketch.outputs, sketch.foreseen.moved
    orders = _orders(drafts, outputs, moved)
    drafts = drifting.put_off(drafts, orders)
    made = _change_sets(desk, orders)
    drafts = express.reverted(drafts, made)
    for name, order in _orders(drafts, outputs, moved).items():
        if order != orders[name]:
            made[name] = _instead(desk, order, made[name])
            orders[name] = order
    unchanged = [name for name, change_set in made.items() if change_set is None]
    drafting.check_halfway(desk.assembly, sketch.live, unchanged)
    steps = tuple(_steps(sketch, drafts, orders, made, desk.aws))
    taking.check([step.shown for step in steps], desk.wishes.imports)
    return steps


def _last(desk: _Desk, sketch: _Sketch, steps: tuple[Step, ...]) -> tuple[tuple[Step, ...], Removals]:
    """The second updates, and the removals in their order."""
    again = phasing.contracting(desk.assembly, steps)
    orders = {
        draft.stack.name: _order(draft, sketch.outputs) if at_once else None for draft, at_once in again
    }
    made = _change_sets(desk, orders)
    ends = phasing.contracted(desk.assembly, sketch.phases, [draft for draft, _ in again], orders, made)
    return phasing.ordered(ends, sketch.going, sketch.phases)


def _orders(drafts: list[Draft], outputs: Outputs, moved: frozenset[str]) -> dict[str, Order | None]:
    return {each.stack.name: None if each.stack.name in moved else _order(each, outputs) for each in drafts}


def _change_sets(desk: _Desk, orders: Mapping[str, Order | None]) -> dict[str, ChangeSet | None]:
    ready = {name: order for name, order in orders.items() if order}
    return changeset.all_of(ready, desk.aws, desk.litter, desk.clock)


def _instead(desk: _Desk, order: Order | None, made: ChangeSet | None) -> ChangeSet | None:
    """The change set of another order in place of one that was made."""
    assert order, "whether there is one does not depend on its mode"
    if made:
        desk.aws.in_region(order.stack.region).delete_change_set(made.name, order.stack.name)
        desk.litter.executed(order.stack.name, made.name)
    return _change_sets(desk, {"": order})[""]


def _leaving(going: Iterable[Removal]) -> dict[str, shown.Template]:
    """The templates of stacks that are removed last, but for those that were never made."""
    return {each.live.name: each.template for each in going if state(each.live.status) in UPDATABLE}


def _outputs(drafts: list[Draft], live: Mapping[str, LiveStack]) -> Outputs:
    return {draft.stack.name: live[draft.stack.name].outputs for draft in drafts if not draft.creates}


def _order(draft: Draft, outputs: Outputs) -> Order | None:
    values = inputs.resolve(draft.stack, outputs)
    bucket = outputs.get(bootstrap.name(draft.stack.region), {}).get(bootstrap.BUCKET_OUTPUT)
    waits = bootstrap.is_large(draft.stack) and bucket is None
    return None if values is None or waits or draft.dead else draft.order(values, bucket)


def _steps(
    sketch: _Sketch,
    drafts: list[Draft],
    orders: Mapping[str, Order | None],
    made: Mapping[str, ChangeSet | None],
    aws: Aws,
) -> Iterator[Step]:
    live = sketch.foreseen.live
    for draft in drafts:
        order, change_set = orders[draft.stack.name], made.get(draft.stack.name)
        if order is None:
            changes = shown.predicted(sketch.wanted, draft, sketch.foreseen)
            changes = taking.foreseen(changes, draft.imports)
        elif change_set:
            changes = shown.real(draft, change_set, live.get(draft.stack.name, {}))
            changes = taking.judged(changes, change_set, draft, draft.door(aws))
        else:
            changes = shown.nothing(draft)
        yield Step(draft, changes, order, change_set)
