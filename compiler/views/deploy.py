"""Plans, events, failures and live states -> text for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from compiler.assembly import Origin
from compiler.deploy.events import (
    AssetUploaded,
    CheckEnded,
    CheckStarted,
    Deployed,
    Destroyed,
    Event,
    Evidence,
    Failure,
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
    Waiting,
)
from compiler.deploy.live import StackState, Status
from compiler.review.changes import ChangePlan, StackChanges
from compiler.views import moves, review
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


def plan_text(plan: ChangePlan, style: Style, verbose: bool = False) -> str:
    """The review, riskiest first, and then the order in which the stacks would run."""
    lines = [review.text([plan], style, verbose)]
    order = [f"{s.action} {s.stack}{_where(s)}{_when(s)}" for s in plan.stacks if s.action != "none"]
    last = {stack.stack for stack in plan.stacks if stack.phase == "contract"}
    same = [stack.stack for stack in plan.stacks if stack.action == "none" and stack.stack not in last]
    lines += [f"in this order: {', '.join(order)}\n"] if order else []
    lines += [f"unchanged: {', '.join(same)}\n"] if same else []
    return "".join(lines)


def _where(stack: StackChanges) -> str:
    return f" in {stack.region}" if stack.region else ""


def _when(stack: StackChanges) -> str:
    return " (what is no longer used goes)" if stack.phase == "contract" else ""


def plan_json(plan: ChangePlan, beside: Mapping[str, Any] | None = None) -> str:
    """The review's own data, the stacks in the order of execution, and what is told beside them."""
    facts = {
        "platform": plan.platform,
        "environment": plan.environment,
        "has_changes": plan.has_changes,
        "stacks": [_stack(stack) for stack in plan.stacks],
        "migrations": _plain(plan.migrations),
    }
    return _dump(facts | review.data([plan]) | dict(beside or {}), indent=2)


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


def event_json(event: Event) -> str:
    """One line of JSON; empty for what only a live view shows."""
    if isinstance(event, Waiting):
        return ""
    return _dump({"event": _kebab(type(event).__name__), **_plain(event)})


def failure_text(failure: Failure, style: Style) -> str:
    """What failed, the spec line, the first real cause, what was seen of it, what to do."""
    what = f"{failure.logical_id} ({failure.type})" if failure.logical_id else "the stack itself"
    lines = [style.paint(f"{failure.stack}: failed, {failure.status}", "red"), f"  what:  {what}"]
    if failure.origin:
        lines.append(f"  where: {failure.origin.place}, component {failure.origin.component}")
    lines.append(f"  cause: {failure.reason}")
    for evidence in failure.evidence:
        lines += _evidence(evidence, style)
    return "\n".join([*lines, f"  do:    {failure.advice}"])


def status_text(status: Status, style: Style) -> str:
    """Every stack in a line, with what is wrong and its outputs below."""
    head = f"{status.platform} {status.environment}: account {status.account}, {status.region}"
    lines = [line for stack in status.stacks for line in _state(stack, style)]
    return "\n".join([style.paint(head, "bold"), "", *lines]) + "\n"


def status_json(status: Status) -> str:
    """The same, complete."""
    return _dump(_plain(status), indent=2)


def duration(seconds: float) -> str:
    """`7s`, `3m 05s`, `2h 00m`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, over = divmod(minutes, 60)
    if hours:
        return f"{hours}h {over:02}m"
    return f"{minutes}m {rest:02}s" if minutes else f"{rest}s"


def _stack(stack: StackChanges) -> dict[str, Any]:
    found: dict[str, Any] = _plain(stack)
    return {key: value for key, value in found.items() if key != "changes"}


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
    return "\n".join([head, *(line for each in event.evidence for line in _evidence(each, style))])


def _evidence(evidence: Evidence, style: Style) -> list[str]:
    if evidence.kind == "unseen":
        return [style.paint(f"  unseen: {line}", "yellow") for line in evidence.lines]
    # The bar keeps CI from taking a line of somebody's log for a command.
    return [f"  seen:  {evidence.about}", *(style.paint(f"    | {line}", "dim") for line in evidence.lines)]


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


def _state(stack: StackState, style: Style) -> Iterator[str]:
    word = style.paint(stack.status or "not deployed", "green" if stack.state.value == "ready" else "yellow")
    remarks = [
        f"in {stack.region}" if stack.region else "",
        "not the template of this build" if stack.current is False else "",
        "no longer in the spec" if stack.layer is None else "",
        "protected" if stack.protected else "",
    ]
    yield ", ".join([f"{stack.name}: {word}", *filter(None, remarks)])
    if stack.means:
        yield f"  {stack.means}" + (f"; lead it out with: {stack.helps}" if stack.helps else "")
    if stack.failure:
        yield from (f"  {line}" for line in failure_text(stack.failure, style).splitlines())
    yield from (f"  {name} = {stack.outputs[name]}" for name in sorted(stack.outputs))


def _kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).strip("-")


def _dump(data: Any, indent: int | None = None) -> str:
    return json.dumps(data, indent=indent, ensure_ascii=False) + ("\n" if indent else "")


def _plain(value: Any) -> Any:
    """Records as plain data; an origin as a program wants it."""
    if isinstance(value, Origin):
        return {"component": value.component, "path": value.path, "source": str(value.position)}
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in value}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
