"""What failed in an operation, from DescribeEvents and from the stack's own events, in one form."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError
from compiler.deploy.records import LiveStack, OperationEvent, StackEvent

STACK_EVENT, WARN = "STACK_EVENT", "WARN"
# The kinds that say more than a stack event does, the most telling first.
TELLING = ("VALIDATION_ERROR", "HOOK_INVOCATION_ERROR", "PROVISIONING_ERROR")

# What CloudFormation writes on everything that it stopped because something else had failed.
_FOLLOW_UP = re.compile(r"\bcancell?ed\b|^The following resource\(s\) failed", re.IGNORECASE)
_RESOURCE = re.compile(r"^/Resources/([^/]+)")
_OPERATIONS, _EVENTS = 3, 200  # how many are asked for; an update and its rollback are two


def is_follow_up(reason: str) -> bool:
    """Whether something only failed because something else had failed before."""
    return bool(_FOLLOW_UP.search(reason))


def resource(event: OperationEvent) -> str:
    """The logical id that an event is about."""
    return resource_of(event.logical_id, event.path)


def resource_of(logical_id: str, path: str) -> str:
    """The logical id that a finding is about; a validation may give no more than a path."""
    found = _RESOURCE.match(path)
    return logical_id or (found[1] if found else "")


def among(
    aws: Aws, stack_id: str, history: Sequence[StackEvent], token: str = "", live: LiveStack | None = None
) -> list[OperationEvent]:
    """All that failed or warned in the operation that this history is of, oldest first.

    Where DescribeEvents may not or can not be asked, the history has to do; so it has for what is in both.
    """
    known = [_plain(event) for event in history if _failed(event.status) and not event.of_stack]
    start = history[0].time if history else None
    described = [e for e in _described(aws, stack_id, live) if _ours(e, stack_id, token, start)]
    telling = [event for event in described if event.kind in TELLING]
    others = [event for event in described if event.kind == STACK_EVENT and _failed(event.status)]
    return sorted([*telling, *(known or others)], key=lambda event: event.time)


def first(events: Sequence[OperationEvent]) -> OperationEvent | None:
    """The first that is a cause and no consequence, in the most telling words there are about it."""
    blocking = [event for event in events if event.mode != WARN]
    real = [event for event in blocking if not is_follow_up(event.reason)] or blocking
    if not real:
        return None
    about = resource(real[0])
    return min((e for e in real if resource(e) == about), key=_telling)


def _telling(event: OperationEvent) -> int:
    return TELLING.index(event.kind) if event.kind in TELLING else len(TELLING)


def _described(aws: Aws, stack_id: str, live: LiveStack | None) -> Iterator[OperationEvent]:
    ids = [each.rpartition(" ")[2] for each in live.operations] if live else []
    for operation in ids[:_OPERATIONS] or [""]:
        try:
            yield from itertools.islice(aws.operation_events(stack_id, operation, failed=True), _EVENTS)
        except DeployError:
            return  # an older SDK, or a role from before this call


def _ours(event: OperationEvent, stack_id: str, token: str, start: datetime | None) -> bool:
    """Validations bear no token; what is older than the operation is another's."""
    same = not token or event.token in (None, token)
    return same and (start is None or event.time >= start) and event.physical_id != stack_id


def _failed(status: str) -> bool:
    return status.endswith("_FAILED")


def _plain(event: StackEvent) -> OperationEvent:
    return OperationEvent(
        id=event.id,
        operation="",
        operation_type="",
        kind=STACK_EVENT,
        logical_id=event.logical_id,
        physical_id=event.physical_id,
        type=event.type,
        status=event.status,
        reason=event.reason,
        time=event.time,
        token=event.token,
    )
