"""A step beside all others -> what is told of it that its changes do not say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from compiler.deploy import drifting, execution_role, express, inputs, phase_review, protection
from compiler.deploy.phases import Phases
from compiler.deploy.prepared import Step
from compiler.deploy.records import LiveStack
from compiler.deploy.shown import Forecast
from compiler.review.changes import StackChanges
from compiler.review.moves import touched


def noted(
    steps: tuple[Step, ...], foreseen: Forecast, phases: Phases, live: Mapping[str, LiveStack]
) -> tuple[Step, ...]:
    """The steps with their notes, those about both phases of a stack too."""
    moving = touched(foreseen.moves)
    told = (_noted(step, (*_notes(step, steps, step.name in moving),)) for step in steps)
    beside = (drifting.noted(step, live.get(step.name)) for step in told)
    return tuple(_phased(step, phases, foreseen) for step in beside)


def _noted(step: Step, notes: tuple[str, ...]) -> Step:
    return replace(step, shown=replace(step.shown, notes=(*step.shown.notes, *notes)))


def _phased(step: Step, phases: Phases, foreseen: Forecast) -> Step:
    return replace(step, shown=phase_review.noted(step.shown, phases, foreseen.after_moves(step.name)))


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
    if step.draft.reverts_later:
        yield "what was changed by hand stays this time: deploy with --revert-drift again to bring it back"
    if step.draft.protect:
        yield "termination protection is turned on"
    if _changes(step.shown) and (mode := express.note(step.draft)):
        yield mode
    yield from protection.notes(step)
    role = execution_role.note(step.draft.role, step.draft.kept_role, changes=_changes(step.shown))
    yield from filter(None, [role])


def _changes(changes: StackChanges) -> bool:
    return changes.action != "none"
