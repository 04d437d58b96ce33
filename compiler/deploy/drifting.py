"""A step of a plan -> the same, with a warning when its live stack is known to have been changed by hand."""

from __future__ import annotations

from dataclasses import replace

from compiler.deploy.prepared import Step
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
