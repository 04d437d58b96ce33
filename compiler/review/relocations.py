"""Removals here and additions there of what holds data and cannot be moved -> one refused change each.

CloudFormation would make an empty one in the one stack and remove the full one from the other. What can be
moved was moved before (`moves.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from compiler.review.changes import Change, Reason, StackChanges
from compiler.review.movable import obstacle
from compiler.review.rules import HELD_DATA, MOVED


class _Place(NamedTuple):
    stack: StackChanges
    change: Change


class _Move(NamedTuple):
    old: _Place
    new: _Place


def recognised(
    stacks: Iterable[StackChanges], never_made: frozenset[str] = frozenset()
) -> tuple[StackChanges, ...]:
    """The stacks, with one refused change for what moves between two of them: in the one that it goes to.

    Nothing moves out of stacks that were `never_made`: their first deployment failed.
    """
    stacks = tuple(stacks)
    moves = [move for move in _moves(stacks) if move.old.stack.stack not in never_made]
    return tuple(_with(stack, moves) for stack in stacks) if moves else stacks


def _moves(stacks: tuple[StackChanges, ...]) -> Iterator[_Move]:
    places = [_Place(stack, change) for stack in stacks for change in stack.changes]
    added = [place for place in places if place.change.action == "add"]
    for old in places:
        goes = old.change.action == "remove" and _holds_data(old.change)
        if goes and (new := _counterpart(old, added)):
            added.remove(new)
            yield _Move(old, new)


def _holds_data(change: Change) -> bool:
    return any(reason.rule == HELD_DATA for reason in change.reasons)


def _counterpart(old: _Place, added: list[_Place]) -> _Place | None:
    """What has its logical id elsewhere, or is the only one of its type in its component."""
    alike = [
        new
        for new in added
        if (new.change.type, new.stack.region) == (old.change.type, old.stack.region)
        and new.stack.stack != old.stack.stack
    ]
    same = [new for new in alike if new.change.logical_id == old.change.logical_id]
    component = old.change.origin.component if old.change.origin else None
    kin = [new for new in alike if new.change.origin and new.change.origin.component == component]
    return same[0] if same else kin[0] if len(kin) == 1 else None


def _with(stack: StackChanges, moves: list[_Move]) -> StackChanges:
    gone = {move.old.change.logical_id: move for move in moves if move.old.stack is stack}
    come = {move.new.change.logical_id: move for move in moves if move.new.stack is stack}
    changes = tuple(
        _moved(come[change.logical_id]) if change.logical_id in come else change
        for change in stack.changes
        if change.logical_id not in gone
    )
    notes = tuple(f"{name} moves to stack {move.new.stack.stack}" for name, move in sorted(gone.items()))
    return replace(stack, changes=changes, notes=(*stack.notes, *notes)) if gone or come else stack


def _moved(move: _Move) -> Change:
    why = obstacle({"Type": move.new.change.type}, across=True) or _unknown(move)
    text = (
        f"holds data and would go from stack {move.old.stack.stack} ({move.old.change.logical_id}) to this "
        f"one, but is not moved: {why}. It would begin empty here and be removed there, so it is not "
        "deployed; leave its `stack`, `layer` and name as they were, or move it by hand (docs/moving.md)"
    )
    return replace(move.new.change, action="refused", risk="data-loss", reasons=(Reason(MOVED, text),))


def _unknown(move: _Move) -> str:
    if move.old.change.logical_id == move.new.change.logical_id:
        return "it hangs on a condition, a mapping, a macro or the name of its stack"
    return "it has another logical id, so nothing says that it is the same one"
