"""Live stacks + assembly -> the steps of those that are updated twice: first what is new, then what goes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from compiler.assembly import Assembly
from compiler.deploy import phase_review, phases
from compiler.deploy.changeset import Order
from compiler.deploy.order import awaited
from compiler.deploy.phases import Phases, Use
from compiler.deploy.prepared import Draft, Removal, Step
from compiler.deploy.records import ChangeSet, LiveStack
from compiler.deploy.shown import Forecast, nothing, real
from compiler.deploy.status import State, state
from compiler.review.changes import key
from compiler.review.moves import touched

Edges = dict[str, set[str]]  # what happens at the end -> what must have happened before


def find(assembly: Assembly, foreseen: Forecast, live: Mapping[str, LiveStack]) -> Phases:
    """The stacks that must be updated twice; what moves counts where it will be."""
    moved = touched(foreseen.moves)
    deployed = {name: foreseen.after_moves(name) for name in foreseen.live}
    uses = _uses([each for each in live.values() if _holds(each)])
    moving = {name: template for name, template in foreseen.live.items() if name in moved}
    settled = [_settled(use, foreseen, moved) for use in uses]
    return phases.phases(assembly, deployed, settled, moving)


def _settled(use: Use, foreseen: Forecast, moved: Collection[str]) -> Use:
    """The same after the moves: an output goes where what it tells of goes."""
    places = (
        name for name in sorted(moved) if use.output in (foreseen.after_moves(name).get("Outputs") or {})
    )
    return use._replace(source=next(places, use.source)) if use.source in moved else use


def expanded(drafts: Iterable[Draft], found: Phases) -> list[Draft]:
    """The drafts, of such stacks with the template in between."""
    kept = found.expansions
    return [
        replace(draft, stack=kept[draft.stack.name].stack, phase="expand")
        if draft.stack.name in kept
        else draft
        for draft in drafts
    ]


def contracting(assembly: Assembly, steps: Iterable[Step]) -> list[tuple[Draft, bool]]:
    """For each such stack its second draft, and whether its change set can be made at once: the first update
    does nothing.
    """
    drafts = [(step, step.draft) for step in steps if step.draft.phase == "expand"]
    return [
        # In standard mode, and drift is the first one's: this one only removes.
        (
            replace(
                draft,
                stack=assembly.stack(step.name),
                phase="contract",
                protect=False,
                express=False,
                revert=False,
                obstacle="",
            ),
            step.order is not None and step.change_set is None,
        )
        for step, draft in drafts
    ]


def contracted(
    assembly: Assembly,
    found: Phases,
    drafts: Iterable[Draft],
    orders: Mapping[str, Order | None],
    made: Mapping[str, ChangeSet | None],
) -> tuple[Step, ...]:
    """The second updates: what their change sets say, else what the templates say; by stack, as they come."""
    names = ((draft, draft.stack.name) for draft in drafts)
    return tuple(_contract(assembly, found, draft, orders[name], made.get(name)) for draft, name in names)


def _contract(
    assembly: Assembly, found: Phases, draft: Draft, order: Order | None, made: ChangeSet | None
) -> Step:
    shown = phase_review.second(assembly, found, draft.stack.name)
    if order is None:
        return Step(draft, replace(shown, predicted=True), None, None)
    told = real(draft, made, found.expansions[draft.stack.name].stack.template) if made else nothing(draft)
    return Step(draft, replace(told, notes=shown.notes, phase="contract"), order, made)


def ordered(
    steps: Sequence[Step], removals: Sequence[Removal], found: Phases
) -> tuple[tuple[Step, ...], tuple[Removal, ...]]:
    """The second updates and the removals, each after whatever holds a value that ends with it.

    Where some would wait for each other, one of them does not: nothing may lock the environment.
    """
    edges: Edges = {name: set() for name in [*(r.live.name for r in removals), *(s.key for s in steps)]}
    for each in removals:
        for name in each.after:
            _wait(edges, each.live.name, name)
    for use in found.uses:
        if end := _end(use, found, edges):
            _wait(edges, key(use.source, "contract"), end)
            _wait(edges, use.source, end)
    return (
        tuple(replace(step, after=frozenset(edges[step.key])) for step in steps),
        tuple(replace(each, after=each.after | edges[each.live.name]) for each in removals),
    )


def _end(use: Use, found: Phases, edges: Edges) -> str | None:
    """What ends the use; None for the first update of a stack, which is before all this anyway."""
    kept = found.expansions.get(use.taker)
    if kept and use.parameter in kept.parameters:
        return key(use.taker, "contract")
    return use.taker if use.taker in edges else None


def _wait(edges: Edges, name: str, before: str) -> None:
    if name in edges and before in edges and name not in awaited(before, edges):
        edges[name].add(before)


def _holds(live: LiveStack) -> bool:
    """Whether there is anything in the stack that could use a value."""
    return state(live.status) is not State.REVIEW and live.status != "ROLLBACK_COMPLETE"


def _uses(live: Sequence[LiveStack]) -> Iterator[Use]:
    """Whose parameter has the value of whose output, for that is how values travel; where a value is hidden,
    the parameter that is called like the output.
    """
    by_value: dict[str, list[tuple[str, str]]] = {}
    by_name: dict[str, list[tuple[str, str]]] = {}
    for source in live:
        for output, value in source.outputs.items():
            by_value.setdefault(value, []).append((source.name, output))
            by_name.setdefault(output, []).append((source.name, output))
    for taker in live:
        for name, value in taker.parameters.items():
            found = by_value.get(value, []) if value.strip("*") else by_name.get(name, []) if value else []
            yield from (Use(taker.name, name, *place) for place in found if place[0] != taker.name)
