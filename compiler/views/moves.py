"""What a plan moves before it changes anything -> lines for people, data for JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from compiler.review.changes import ChangePlan, Relocation
from compiler.views.style import Style

_HEAD = "moved before anything changes, as they are"


def text(plan: ChangePlan, style: Style) -> Iterator[str]:
    """A line for each resource, with both places; nothing when nothing moves."""
    if plan.moves:
        yield from ("", f"{style.paint(_HEAD, 'bold')}: {stacks(plan.moves)}")
        symbol, risk = style.paint(" =>", "green"), style.paint("routine", "green")
        yield from (f"{symbol} {_places(move)}  {move.type}  {risk}" for move in plan.moves)
        if any(move.logical_id != move.to_logical_id for move in plan.moves):
            yield "    what has a name of its own in AWS keeps it, for as long as `renamed_from` says so"


def markdown(plan: ChangePlan) -> Iterator[str]:
    """The same, to be escaped."""
    if plan.moves:
        told = "; ".join(f"{_places(move)} ({move.type})" for move in plan.moves)
        yield from (f"{_HEAD.capitalize()}: {told}.", "")


def data(plans: Iterable[ChangePlan]) -> dict[str, Any]:
    """For machines, only where something moves."""
    found = [
        {
            "environment": plan.environment,
            "component": move.origin.component if move.origin else None,
            "type": move.type,
            "from": {"stack": move.stack, "logical_id": move.logical_id},
            "to": {"stack": move.to_stack, "logical_id": move.to_logical_id},
            "class": "routine",
            **({"region": move.region} if move.region else {}),
        }
        for plan in plans
        for move in plan.moves
    ]
    return {"moves": found} if found else {}


def stacks(moves: Iterable[Relocation]) -> str:
    """From which stack to which, each way once."""
    ways = dict.fromkeys((move.stack, move.to_stack) for move in moves)
    return ", ".join(f"within {one}" if one == other else f"{one} -> {other}" for one, other in ways)


def _places(move: Relocation) -> str:
    if move.logical_id == move.to_logical_id:
        return move.logical_id
    return f"{move.logical_id} -> {move.to_logical_id}"
