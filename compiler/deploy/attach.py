"""Stacks of ours that somebody else's operation runs on -> its events, until all of them are at rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from compiler.assembly import Assembly, Origin
from compiler.deploy import bootstrap, cause, follow, guard, regions, schedule
from compiler.deploy.clock import Clock, SystemClock
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError
from compiler.deploy.events import Event, OperationFinished, OperationStarted, StackFailed
from compiler.deploy.follow import Following, Operation
from compiler.deploy.records import LiveStack
from compiler.deploy.schedule import Flow, Work
from compiler.deploy.status import State, state

LONGEST = 2 * 60 * 60  # seconds; a database or a service that does not become stable takes longer than one


def settle(
    assembly: Assembly, aws: Aws, clock: Clock | None = None, longest: float = LONGEST
) -> Iterator[Event]:
    """Follow what runs on the environment's stacks, whoever began it; no event when nothing does.

    How it ends is for whoever plans next to judge. RefusedError in another account or region, DeployError
    when a stack is still busy after `longest` seconds.
    """
    clock = clock or SystemClock()
    guard.check_place(assembly, aws)
    deadline = clock.now() + longest
    while busy := _busy(assembly, aws):
        works = tuple(
            Work(live.name, frozenset(), _following(assembly, aws, clock, live, deadline)) for live in busy
        )
        yield from schedule.run(works, clock)


def is_own(live: LiveStack, assembly: Assembly) -> bool:
    """Whether a stack is the environment's, or the bootstrap stack that all environments share."""
    return guard.belongs(live, assembly) or bootstrap.TAGS.items() <= live.tags.items()


def origins(assembly: Assembly, name: str) -> dict[str, Origin]:
    """Where a stack's resources stand in the spec; nothing of a stack that the spec no longer has."""
    return {
        key: value for stack in assembly.stacks if stack.name == name for key, value in stack.origins.items()
    }


def _busy(assembly: Assembly, aws: Aws) -> list[LiveStack]:
    found = regions.survey(assembly, aws).values()
    return [live for live in found if state(live.status) is State.BUSY and is_own(live, assembly)]


def _following(
    assembly: Assembly, aws: Aws, clock: Clock, live: LiveStack, deadline: float
) -> Callable[[], Flow]:
    door = aws.in_region(live.region)
    return lambda: _follow(door, clock, live, origins(assembly, live.name), deadline)


def _follow(aws: Aws, clock: Clock, live: LiveStack, known: dict[str, Origin], deadline: float) -> Flow:
    start, before = clock.now(), cause.last_operation(aws, live.id)
    # What happened before is not shown again, but the cause of a failure may be in it.
    since = before[-1].id if before else follow.newest(aws, live.id)
    operation = Operation(live.name, live.id, "", since, known, before)
    yield OperationStarted(live.name, "follow", live.status)
    end = yield from _until(follow.until_rest(aws, operation), clock, deadline, live)
    if end is not None and _failed(end):
        yield StackFailed(live.name, cause.of(aws, operation, end), clock.now() - start)
    else:
        status = end.status if end else "DELETE_COMPLETE"
        yield OperationFinished(live.name, "follow", status, clock.now() - start)


def _until(following: Following, clock: Clock, deadline: float, live: LiveStack) -> Following:
    """The same, but no longer than that."""
    while True:
        try:
            event = next(following)
        except StopIteration as end:
            found: LiveStack | None = end.value
            return found
        if event is None and clock.now() >= deadline:
            raise DeployError(
                f"stack {live.name} is still busy ({live.status}), and this does not wait any longer",
                "what runs there goes on: look at it with `formwork status`, and run again, perhaps with a "
                "longer --wait",
            )
        yield event


def _failed(live: LiveStack) -> bool:
    return live.status.endswith("_FAILED") or "ROLLBACK" in live.status
