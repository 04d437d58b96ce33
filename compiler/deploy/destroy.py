"""Assembly + live stacks -> the removal of all of them, in reverse order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from compiler.assembly import Assembly
from compiler.deploy import guard, inputs, regions, remove, schedule, shown, undeletable
from compiler.deploy.clock import Clock, SystemClock
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.events import Destroyed, Event, PlanStarted, Retained
from compiler.deploy.lease import Lease
from compiler.deploy.order import ordered
from compiler.deploy.prepared import Removal
from compiler.deploy.records import LiveStack
from compiler.deploy.removals import of_strangers
from compiler.deploy.schedule import Flow, Work
from compiler.deploy.situation import only_looking
from compiler.deploy.watch import Watch
from compiler.review.changes import ChangePlan


@dataclass(frozen=True)
class Doomed:
    """What is to be destroyed; `plan` says what that would do."""

    plan: ChangePlan
    removals: tuple[Removal, ...]
    aws: Aws = field(repr=False, compare=False)
    clock: Clock = field(repr=False, compare=False)


def plan(assembly: Assembly, aws: Aws, clock: Clock | None = None, *, unprotect: bool = False) -> Doomed:
    """All live stacks of the environment; RefusedError when there is none, or one is busy, or protected
    without `unprotect`, or holds what AWS itself would refuse to delete.
    """
    with only_looking():
        return _plan(assembly, aws, clock or SystemClock(), unprotect)


def _plan(assembly: Assembly, aws: Aws, clock: Clock, unprotect: bool) -> Doomed:
    guard.check_place(assembly, aws)
    live = regions.survey(assembly, aws)
    strangers = of_strangers(assembly, aws, live, unprotect)
    first = frozenset(removal.live.name for removal in strangers)
    found = _removals(assembly, aws, live, unprotect)
    everything = (*strangers, *(replace(removal, after=removal.after | first) for removal in found))
    # An older spec's stack may be needed by one of this spec's, as an alarm is by the composite over it.
    removals = tuple(map(_noted, ordered(everything)))
    if not removals:
        raise RefusedError(
            f"nothing to destroy: no stack of environment '{assembly.environment}' of platform "
            f"'{assembly.platform}' is in region {aws.region}",
            "check --env, --region and --profile",
        )
    undeletable.check(assembly, removals)
    stacks = tuple(removal.shown for removal in removals)
    return Doomed(ChangePlan(assembly.platform, assembly.environment, stacks), removals, aws, clock)


def run(doomed: Doomed, lease: Lease | None = None) -> Iterator[Event]:
    """Delete the stacks, each after all that build on it; the last event is Destroyed.

    DeployError when a stack could not be deleted, after its StackFailed. Nothing begins once the lease is
    lost.
    """
    start, retained = doomed.clock.now(), list[Retained]()
    yield PlanStarted(tuple(removal.live.name for removal in doomed.removals))
    watch = Watch(doomed.clock, doomed.aws.throttled)
    works = tuple(Work(r.live.name, r.after, _removing(doomed, r, retained, watch)) for r in doomed.removals)
    yield from schedule.run(works, doomed.clock, lease.check if lease else lambda: None, watch)
    yield Destroyed(tuple(retained), doomed.clock.now() - start)


def _removals(assembly: Assembly, aws: Aws, live: Mapping[str, LiveStack], unprotect: bool) -> list[Removal]:
    present = [live[stack.name] for stack in reversed(assembly.stacks) if stack.name in live]
    for stack in present:
        guard.check_owned(stack, assembly)
    guard.check_removable(present, unprotect)
    return [shown.removal(assembly, stack, _users(assembly, stack.name), aws) for stack in present]


def _noted(removal: Removal) -> Removal:
    if not removal.live.protected:
        return removal
    notes = (*removal.shown.notes, "termination protection is turned off, just before it is deleted")
    return replace(removal, shown=replace(removal.shown, notes=notes))


def _users(assembly: Assembly, name: str) -> frozenset[str]:
    return frozenset(user.name for user in assembly.stacks if name in inputs.sources(user))


def _removing(doomed: Doomed, removal: Removal, retained: list[Retained], watch: Watch) -> Callable[[], Flow]:
    return lambda: _remove(doomed, removal, retained, watch)


def _remove(doomed: Doomed, removal: Removal, retained: list[Retained], watch: Watch) -> Flow:
    aws = removal.door(doomed.aws)
    gone = remove.remove(aws, doomed.clock, removal.live, retained, watch)
    if not removal.live.protected:
        yield from gone
        return
    try:
        yield from watch.answered(lambda: aws.protect(removal.live.name, on=False))
        yield from gone
    except DeployError:
        _protect_again(aws, removal.live)
        raise


def _protect_again(aws: Aws, live: LiveStack) -> None:
    """A stack that AWS did not begin to delete is as it was; one that is half gone stays open to it."""
    with suppress(DeployError):  # what ended the deletion is told
        found = aws.stack(live.id)
        if found and found.status == live.status:
            aws.protect(live.name)
