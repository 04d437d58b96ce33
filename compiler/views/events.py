"""What happens during a deployment -> text for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.deploy.events import (
    AssetUploaded,
    CheckEnded,
    CheckStarted,
    Deployed,
    Destroyed,
    Event,
    LeftBehind,
    MigrationFailed,
    MigrationFinished,
    MigrationStarted,
    MoveFinished,
    MoveStarted,
    Noticed,
    OperationFinished,
    OperationStarted,
    PlanStarted,
    Recovered,
    ResourceEvent,
    Retained,
    Settled,
    Settling,
    StackFailed,
    StackFinished,
    StackStarted,
)
from compiler.views import moves
from compiler.views.failure import evidence_lines, failure_text
from compiler.views.phrases import number
from compiler.views.style import Style

DOING = {"create": "creating", "update": "updating", "delete": "deleting", "none": "checking"}
_DONE = {"create": "created", "update": "updated", "delete": "deleted", "none": "unchanged"}

HANDLING = {
    "follow": "following what runs there",
    "continue-rollback": "continuing the rollback",
    "roll-back": "rolling back",
    "delete": "deleting",
    "sweep": "deleting what was never executed",
}


def event_text(event: Event, style: Style) -> str:
    """One line, or a few for a failure and for outputs; empty for what only a live view shows."""
    match event:
        case StackStarted(stack, doing, resources, expected):
            usual = f", usually {duration(expected.seconds)}" if expected.seconds else ""
            return f"{stack}: {DOING[doing]}, {number(resources, 'resource')}{usual}"
        case StackFinished(stack, doing, _, seconds):
            return style.paint(f"{stack}: {_DONE[doing]} in {duration(seconds)}", "green")
        case ResourceEvent():
            return _resource(event, style)
        case StackFailed(failure=failure):
            return failure_text(failure, style)
        case Deployed() | Destroyed():
            return "\n".join(_end(event))
        case OperationStarted() | OperationFinished() | Recovered():
            return _operation(event, style)
        case _:
            return _aside(event, style)


def duration(seconds: float) -> str:
    """`7s`, `3m 05s`, `2h 00m`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, over = divmod(minutes, 60)
    if hours:
        return f"{hours}h {over:02}m"
    return f"{minutes}m {rest:02}s" if minutes else f"{rest}s"


def _resource(event: ResourceEvent, style: Style) -> str:
    # The second IN_PROGRESS of a resource only says that it now has a physical id.
    if event.status.endswith("IN_PROGRESS") and event.reason:
        return ""
    component = f" of {event.origin.component}" if event.origin else ""
    failed = event.status.endswith("FAILED")
    status = style.paint(event.status, "red") if failed else event.status
    reason = f": {event.reason}" if event.reason else ""
    return f"{event.stack}: {status} {event.logical_id}{component} ({event.type}){reason}"


def _aside(event: Event, style: Style) -> str:
    match event:
        case PlanStarted(stacks, migrations):
            parts = [f"{number(len(stacks), 'stack')}: {', '.join(stacks)}"] if stacks else []
            parts += [f"migrations of {', '.join(migrations)}"] if migrations else []
            return "; ".join(parts) or "nothing to do"
        case AssetUploaded(key=key, component=component, uploaded=uploaded):
            return f"asset of {component}: {'uploaded' if uploaded else 'already there'} ({key[:12]})"
        case MigrationStarted() | MigrationFinished() | MigrationFailed():
            return _migration(event, style)
        case MoveStarted(found):
            return f"moving {number(len(found), 'resource')}: {moves.stacks(found)}"
        case MoveFinished(found, seconds):
            return style.paint(f"moved {number(len(found), 'resource')} in {duration(seconds)}", "green")
        case LeftBehind(text):
            return style.paint(text, "yellow")
        case _:
            return _afterwards(event, style)


def _afterwards(event: Event, style: Style) -> str:
    """What is told of a stack that is configured, and of checks."""
    match event:
        case CheckStarted(check, what):
            return f"check {check}: {what}"
        case CheckEnded(check, passed, reason, seconds):
            word = style.paint("passed", "green") if passed else style.paint(f"failed: {reason}", "red")
            return f"check {check}: {word} after {duration(seconds)}"
        case Settling(stack, waiting):
            return f"{stack}: configured; waiting for " + ", ".join(
                f"{name} ({doing})" for name, doing in waiting.items()
            )
        case Settled(stack, seconds, unseen):
            return "\n".join([f"{stack}: ready after {duration(seconds)}", *(f"  {text}" for text in unseen)])
        case Noticed():
            return _noticed(event, style)
        case _:
            return ""


def _noticed(event: Noticed, style: Style) -> str:
    component = f" of {event.origin.component}" if event.origin else ""
    head = style.paint(f"{event.stack}: {event.logical_id}{component} does not settle", "yellow")
    return "\n".join([head, *(line for each in event.evidence for line in evidence_lines(each, style))])


def _operation(event: OperationStarted | OperationFinished | Recovered, style: Style) -> str:
    match event:
        case OperationStarted(stack, doing, status, aside):
            return f"{stack}: {HANDLING[doing]}, {_beside(doing, aside)}it is in {status}"
        case OperationFinished(stack, _, status, seconds):
            word = f", {status}" if status else ""
            return style.paint(f"{stack}: done{word} in {duration(seconds)}", "green")
    done = f"recovered: {', '.join(event.stacks)} in {duration(event.seconds)}"
    lines = [style.paint(done, "green")] if event.stacks else []
    if event.skipped:
        lines.append(f"perhaps not as in their template, see `formwork drift`: {', '.join(event.skipped)}")
    return "\n".join([*lines, *_kept(event.retained), f"next: {event.next}"])


def _beside(doing: str, aside: tuple[str, ...]) -> str:
    if not aside:
        return ""
    return f"{'leaving behind' if doing == 'delete' else 'skipping'} {', '.join(aside)}; "


def _migration(event: MigrationStarted | MigrationFinished | MigrationFailed, style: Style) -> str:
    head = f"migrations of {event.component}"
    if isinstance(event, MigrationStarted):
        return f"{head}: running"
    if isinstance(event, MigrationFinished):
        applied = ", ".join(event.applied) or "nothing was pending"
        users = "".join(
            f"; users {what.replace('_', ' ')}: {', '.join(n)}" for what, n in event.users.items()
        )
        return style.paint(f"{head}: {applied}{users} in {duration(event.seconds)}", "green")
    lines = [style.paint(f"{head}: failed", "red")]
    lines += [f"  applied before: {', '.join(event.applied)}"] if event.applied else []
    return "\n".join([*lines, f"  cause: {event.reason}", f"  do:    {event.advice}"])


def _end(event: Deployed | Destroyed) -> Iterator[str]:
    yield from _kept(event.retained)
    if isinstance(event, Destroyed):
        yield f"destroyed in {duration(event.seconds)}"
        return
    for stack, values in event.outputs.items():
        if values:
            yield f"outputs of {stack}:"
            yield from (f"  {name} = {values[name]}" for name in sorted(values))
    yield f"deployed in {duration(event.seconds)}"


def _kept(retained: Iterable[Retained]) -> Iterator[str]:
    kept = list(retained)
    if kept:
        yield "kept on purpose:"
        yield from (f"  {r.stack}: {r.logical_id} ({r.type}) {r.physical_id}" for r in kept)
