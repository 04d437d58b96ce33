"""What an operation left behind -> the first real cause, the spec line, the evidence, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from compiler.deploy import failing, known
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError
from compiler.deploy.events import Evidence, Failure
from compiler.deploy.evidence import witness
from compiler.deploy.follow import Operation
from compiler.deploy.records import LiveStack, OperationEvent, StackEvent
from compiler.deploy.redacting import safe

NESTED = "AWS::CloudFormation::Stack"
_BEGINNINGS = {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS"}
_OTHERS = 10  # further failures that are named


def of(aws: Aws, operation: Operation, live: LiveStack | None) -> Failure:
    """The failure of an operation from its history and from how the stack ended."""
    events = failing.among(aws, operation.stack_id, operation.history, operation.token, live)
    first = failing.first(events)
    root, history = _innermost(aws, first, operation.history) if first else (None, operation.history)
    reason = (_words(root) if root else _own_reason(live, history)).strip()
    evidence = (*_evidence(aws, operation, root, history), *_others(first, events))
    # A nested stack's resources are not in the spec; the component that nests it is.
    origin = operation.origins.get(failing.resource(first)) if first else None
    return Failure(
        stack=operation.stack,
        status=live.status if live else "DELETE_COMPLETE",
        logical_id=failing.resource(root) if root else "",
        type=root.type if root else "",
        reason=safe(reason) or "CloudFormation gives no reason",
        origin=origin,
        advice=known.advice(reason, evidence, origin),
        evidence=evidence,
    )


def _words(event: OperationEvent) -> str:
    """The reason, with what or who found it where that is not the resource's own service."""
    who = f"{event.name} ({event.mode})" if event.mode else event.name
    reason, at = event.reason.strip(), f" (at {event.path})" if event.path else ""
    if event.kind == "HOOK_INVOCATION_ERROR":
        return f"hook {who} said no: {reason}"
    return f"{who}: {reason}{at}" if event.kind == "VALIDATION_ERROR" else reason


def _own_reason(live: LiveStack | None, events: Iterable[StackEvent]) -> str:
    told = (e.reason for e in events if e.of_stack and e.reason and e.status not in _BEGINNINGS)
    return next(told, live.reason if live else "")


def _innermost(
    aws: Aws, event: OperationEvent, history: Sequence[StackEvent]
) -> tuple[OperationEvent, Sequence[StackEvent]]:
    """The failure inside nested stacks, however deep, and the history that it is part of."""
    if event.type != NESTED or not event.physical_id:
        return event, history
    inside = _history_until(aws, event.physical_id, event.time)
    inner = failing.first(failing.among(aws, event.physical_id, inside)) if inside else None
    return _innermost(aws, inner, inside) if inner else (event, history)


def _history_until(aws: Aws, stack_id: str, end: datetime) -> list[StackEvent]:
    try:
        return last_operation(aws, stack_id, end)
    except DeployError:
        return []  # the nested stack's history may be gone; the outer reason then has to do


def last_operation(aws: Aws, stack_id: str, end: datetime | None = None) -> list[StackEvent]:
    """The events of the stack's latest operation, or of the one that ran at `end`, oldest first."""
    found: list[StackEvent] = []
    for event in aws.events(stack_id):
        if end is None or event.time <= end:
            found.append(event)
            if event.of_stack and event.status in _BEGINNINGS:
                break
    return found[::-1]


def _evidence(
    aws: Aws, operation: Operation, root: OperationEvent | None, history: Sequence[StackEvent]
) -> list[Evidence]:
    """What was seen of it at the time, else what is still there."""
    if root is None:
        return operation.evidence
    about = failing.resource(root)
    seen = [each for each in operation.evidence if each.logical_id == about]
    return seen or witness.afterwards(aws, history, about)


def _others(first: OperationEvent | None, events: Sequence[OperationEvent]) -> list[Evidence]:
    """What else failed by itself, and what warned."""
    if first is None:
        return []
    about = failing.resource(first)
    real = [e for e in events if failing.resource(e) != about and not failing.is_follow_up(e.reason)]
    lines = dict.fromkeys(f"{failing.resource(event)} ({event.type}): {_words(event)}" for event in real)
    return list(witness.told(about, "others", "also failed", list(lines)[:_OTHERS]))
