"""One live stack, deleted; what it keeps on purpose is told."""

from __future__ import annotations

from compiler.assembly import sha256
from compiler.deploy import cause, follow, starting
from compiler.deploy.clock import Clock
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError
from compiler.deploy.events import Retained, StackFailed, StackFinished, StackStarted
from compiler.deploy.evidence import witness
from compiler.deploy.follow import Operation
from compiler.deploy.records import LiveStack
from compiler.deploy.schedule import Flow
from compiler.deploy.status import State, state
from compiler.deploy.watch import Watch


def remove(
    aws: Aws, clock: Clock, live: LiveStack, retained: list[Retained], watch: Watch | None = None
) -> Flow:
    """Delete the stack and wait until it is gone; adds to `retained` what outlives it."""
    watch = watch or Watch(clock)
    start, since = clock.now(), follow.newest(aws, live.id)
    # The latest event is part of the token, so that deleting again after a failure is a new request.
    token = f"formwork-{sha256(f'{live.id} {since}'.encode())[:32]}"
    operation = Operation(live.name, live.id, token, since)
    yield StackStarted(live.name, "delete", len(aws.resources(live.id)))
    yield from starting.begin(watch.answered(lambda: aws.delete_stack(live.id, token)))
    ends = follow.until_rest(aws, operation, watch)
    end = yield from witness.watched(ends, aws, clock, operation)
    if end is not None and state(end.status) is not State.ABSENT:
        failure = yield from watch.answered(lambda: cause.of(aws, operation, end))
        yield StackFailed(live.name, failure, clock.now() - start)
        raise DeployError(
            f"stack {live.name} could not be deleted",
            "remove what blocks it and run again, or leave that behind with `formwork recover`; nothing else "
            "is lost",
        )
    retained += _retained(operation)
    yield StackFinished(live.name, "delete", "DELETE_COMPLETE", clock.now() - start)


def _retained(operation: Operation) -> list[Retained]:
    skipped = (event for event in operation.history if event.status == "DELETE_SKIPPED")
    return [Retained(operation.stack, e.logical_id, e.physical_id, e.type) for e in skipped]
