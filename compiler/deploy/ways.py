"""One stuck stack -> the steps that lead it out, each with exactly what it does and what is lost or left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from compiler.assembly import Assembly
from compiler.deploy import stuck
from compiler.deploy.door import Aws
from compiler.deploy.events import Handling
from compiler.deploy.hints import command
from compiler.deploy.records import LiveStack
from compiler.deploy.states import Cure, row
from compiler.deploy.stuck import Part

ACTING = (Cure.DELETE, Cure.DELETE_AGAIN, Cure.CONTINUE, Cure.ROLL_BACK, Cure.SUPPORT)
_DIFFERS = "if that is not as in its template, `formwork drift` shows how"
_KEPT = ("Retain", "RetainExceptOnCreate")


@dataclass(frozen=True)
class Step:
    """One thing that is done to a stack."""

    doing: Handling
    text: str
    parts: tuple[Part, ...] = ()  # what is skipped or left behind
    lost: tuple[str, ...] = ()  # what is lost, left behind or other than before, in words
    approvals: tuple[str, ...] = ()  # the logical ids that no bare `--yes` covers
    fallback: bool = False  # only if the step before fails again
    change_sets: tuple[str, ...] = ()  # the names of those that are deleted


def out(aws: Aws, live: LiveStack, assembly: Assembly, mended: bool) -> tuple[Step, ...]:
    """The steps for a stack that can be helped."""
    return _STEPS[row(live.status).cure](aws, live, assembly, mended)


def hopeless(assembly: Assembly, live: LiveStack) -> str:
    """Why nothing is done to a stack here, and what leads on."""
    if row(live.status).cure is Cure.ROLL_BACK:
        return (
            "its last update ran in express mode, which CloudFormation does not roll back: only another "
            "deployment leads on, with the cause mended or the spec as it was before: "
            f"`{command(assembly, 'deploy')}`"
        )
    return (
        "no call of CloudFormation leads out of this state: ask AWS Support; what was to be taken over is "
        "untouched"
    )


def skipping(parts: tuple[Part, ...], *, fallback: bool) -> Step:
    """Going on with a rollback, but for these."""
    again = "if that fails again, continue it" if fallback else "continue the rollback"
    return Step(
        "continue-rollback",
        f"{again}, skipping {_named(parts)}",
        parts,
        tuple(f"{_told(part)}{_why(part)} stays as it is; {_DIFFERS}" for part in parts),
        tuple(part.logical_id for part in parts if part.holds_data),
        fallback,
    )


def retaining(parts: tuple[Part, ...], *, fallback: bool) -> Step:
    """Deleting a stack, but for these."""
    again = "if something still blocks, delete it" if fallback else "delete the stack"
    return Step(
        "delete",
        f"{again}, leaving behind {_named(parts)}",
        parts,
        tuple(_left(part) for part in parts),
        tuple(part.logical_id for part in parts if part.holds_data),
        fallback,
    )


def _continue(aws: Aws, live: LiveStack, assembly: Assembly, mended: bool) -> tuple[Step, ...]:
    parts = stuck.in_rollback(aws, live, assembly)
    plain = Step("continue-rollback", "continue the rollback, skipping nothing")
    if not parts:
        return (plain,)
    if mended or stuck.is_worth_a_try(aws, live, parts):
        return plain, skipping(parts, fallback=True)
    return (skipping(parts, fallback=False),)


def _roll_back(aws: Aws, live: LiveStack, assembly: Assembly, mended: bool) -> tuple[Step, ...]:
    lost = ("what the failed update had made is deleted again",)
    return (Step("roll-back", "roll back to what worked before the failed update", lost=lost),)


def _delete(aws: Aws, live: LiveStack, assembly: Assembly, mended: bool) -> tuple[Step, ...]:
    parts = stuck.holders(aws, live, assembly)
    again = "; the next deployment makes it anew"
    step = Step(
        "delete",
        f"delete the stack{again}" if parts else f"delete the stack, in which nothing ever held data{again}",
        (),
        tuple(map(_fate, parts)),
        tuple(part.logical_id for part in parts),
    )
    return (step,)


def _delete_again(aws: Aws, live: LiveStack, assembly: Assembly, mended: bool) -> tuple[Step, ...]:
    blocking, parts = stuck.in_deletion(aws, live, assembly), stuck.holders(aws, live, assembly)
    step = Step(
        "delete",
        "delete the stack again, with all that is left in it",
        (),
        tuple(map(_fate, parts)),
        tuple(part.logical_id for part in parts),
    )
    return (step, retaining(blocking, fallback=True)) if blocking else (step,)


def _fate(part: Part) -> str:
    """What deleting the stack does to something that may hold data."""
    if part.policy in _KEPT:
        return _left(part)
    if part.policy == "Snapshot":
        return f"{_told(part)} {part.physical_id} is deleted; a snapshot of it is kept"
    return f"{_told(part)} {part.physical_id} is deleted with all that it holds: save that first"


def _left(part: Part) -> str:
    text = f"{_told(part)} {part.physical_id}{_why(part)} stays in the account, outside of any stack"
    if not part.holds_data:
        return f"{text}: delete it yourself once it may go"
    component = f"component {part.origin.component}" if part.origin else "its component"
    return f"{text}, with what it holds: adopt it with `existing:` of {component} (docs/existing.md)"


def _named(parts: tuple[Part, ...]) -> str:
    return ", ".join(part.logical_id for part in parts)


def _why(part: Part) -> str:
    """For the middle of a sentence about it."""
    reason = " ".join(part.reason.split()).rstrip(". ")
    return f": {reason}; it" if reason else ""


def _told(part: Part) -> str:
    place = f", {part.origin.place}" if part.origin else ""
    return f"{part.logical_id} ({part.type}{place})"


_STEPS: dict[Cure, Callable[[Aws, LiveStack, Assembly, bool], tuple[Step, ...]]] = {
    Cure.CONTINUE: _continue,
    Cure.ROLL_BACK: _roll_back,
    Cure.DELETE: _delete,
    Cure.DELETE_AGAIN: _delete_again,
}
