"""A running operation -> its events, until the stack comes to rest."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field

from compiler.assembly import Origin
from compiler.deploy.clock import SystemClock
from compiler.deploy.door import Aws
from compiler.deploy.events import Evidence, Noticed, ResourceEvent
from compiler.deploy.records import LiveStack, StackEvent
from compiler.deploy.redacting import safe
from compiler.deploy.status import State, state
from compiler.deploy.watch import Watch

# DescribeStacks may still show the status from before the operation for a moment. It is believed
# when the stack's own events say that it ended, or when it stays the same for this many polls.
_PATIENCE = 20

Following = Generator[ResourceEvent | Noticed | None, None, LiveStack | None]


@dataclass
class Operation:
    """One operation on one stack, and what has been heard of it, oldest first."""

    stack: str
    stack_id: str
    token: str  # empty: whatever happens to the stack is part of it
    since: str | None  # the stack's latest event before it began
    origins: Mapping[str, Origin] = field(default_factory=dict)
    history: list[StackEvent] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)  # of what failed, or does not settle


def newest(aws: Aws, stack_id: str) -> str | None:
    """The id of the stack's latest event, from which to follow what comes after."""
    return next((event.id for event in aws.events(stack_id)), None)


def until_rest(aws: Aws, operation: Operation, watch: Watch | None = None) -> Following:
    """The resources' events, None while there are none; returns the stack as it ended, None if it is gone.

    DeployError when AWS could not be asked for long (`watch.py`), and at once when it says no.
    """
    watch = watch or Watch(SystemClock())
    with watch.following(aws, operation.stack_id):
        return (yield from _until_rest(aws, operation, watch))


def _until_rest(aws: Aws, operation: Operation, watch: Watch) -> Following:
    stack_id, seen, ended = operation.stack_id, {operation.since}, False
    for polls in itertools.count(1):
        # The status is asked first: whatever led to it is then among the events.
        live = yield from watch.answered(lambda: watch.stack(aws, stack_id))
        wanted = _at_rest(live) or watch.is_turn(aws, stack_id, polls)
        events = (yield from watch.answered(lambda: list(fresh(aws, stack_id, seen)))) if wanted else []
        for event in events[::-1]:
            seen.add(event.id)
            if operation.token in ("", event.token):
                operation.history.append(event)
                ended = ended or _ends(event)
                if not event.of_stack:
                    yield _shown(operation, event)
        if _at_rest(live) and (ended or live is None or polls > _PATIENCE):
            return live
        yield None
    raise AssertionError("counts for ever")


def fresh(aws: Aws, stack_id: str, seen: set[str | None]) -> Iterator[StackEvent]:
    """The events newer than those that were seen, newest first."""
    return itertools.takewhile(lambda event: event.id not in seen, aws.events(stack_id))


def _ends(event: StackEvent) -> bool:
    return event.of_stack and state(event.status) is not State.BUSY


def _at_rest(live: LiveStack | None) -> bool:
    return live is None or state(live.status) not in (State.BUSY, State.REVIEW)


def _shown(operation: Operation, event: StackEvent) -> ResourceEvent:
    origin = operation.origins.get(event.logical_id)
    return ResourceEvent(
        operation.stack, event.logical_id, event.type, event.status, safe(event.reason), event.time, origin
    )
