"""A step of a plan -> the same, with a warning when its live stack is known to have been changed by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from compiler.deploy.changeset import Order
from compiler.deploy.prepared import Draft, Step
from compiler.deploy.records import LiveStack


def noted(step: Step, live: LiveStack | None) -> Step:
    """An update may overwrite it or collide with it, for CloudFormation compares templates only."""
    if live is None or live.drift != "DRIFTED" or step.shown.action == "none" or step.draft.revert:
        return step
    when = f" on {live.drift_checked:%Y-%m-%d %H:%M UTC}" if live.drift_checked else ""
    note = (
        f"it was changed by hand, as the last search for drift found{when}: this update may overwrite that "
        "or collide with it; `formwork drift` shows what, `--revert-drift` brings it back"
    )
    return replace(step, shown=replace(step.shown, notes=(*step.shown.notes, note)))


def put_off(drafts: Iterable[Draft], orders: Mapping[str, Order | None]) -> list[Draft]:
    """The drafts; where the change set can be made only later, drift stays for the next deployment.

    What it would bring back cannot be shown before, and what was not shown is not done.
    """
    return [
        replace(each, revert=False, reverts_later=True)
        if each.revert and orders[each.stack.name] is None
        else each
        for each in drafts
    ]
