"""Assembly + live stacks -> the removal of all of them, in reverse order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from compiler.assembly import Assembly
from compiler.deploy import guard, inputs, regions, remove, schedule, shown
from compiler.deploy.clock import Clock, SystemClock
from compiler.deploy.door import Aws
from compiler.deploy.errors import RefusedError
from compiler.deploy.events import Destroyed, Event, PlanStarted, Retained
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


def plan(assembly: Assembly, aws: Aws, clock: Clock | None = None) -> Doomed:
    """All live stacks of the environment; RefusedError when there is none, or one is protected or busy."""
    with only_looking():
        return _plan(assembly, aws, clock or SystemClock())


def _plan(assembly: Assembly, aws: Aws, clock: Clock) -> Doomed:
    guard.check_place(assembly, aws)
    live = regions.survey(assembly, aws)
    strangers = of_strangers(assembly, aws, live)
    first = frozenset(removal.live.name for removal in strangers)
    found = _removals(assembly, aws, live)
    everything = (*strangers, *(replace(removal, after=removal.after | first) for removal in found))
    # An older spec's stack may be needed by one of this spec's, as an alarm is by the composite over it.
    removals = ordered(everything)
    if not removals:
        raise RefusedError(
            f"nothing to destroy: no stack of environment '{assembly.environment}' of platform "
            f"'{assembly.platform}' is in region {aws.region}",
            "check --env, --region and --profile",
        )
    stacks = tuple(removal.shown for removal in removals)
    return Doomed(ChangePlan(assembly.platform, assembly.environment, stacks), removals, aws, clock)


def run(doomed: Doomed) -> Iterator[Event]:
    """Delete the stacks, each after all that build on it; the last event is Destroyed.

    DeployError when a stack could not be deleted, after its StackFailed.
    """
    start, retained = doomed.clock.now(), list[Retained]()
    yield PlanStarted(tuple(removal.live.name for removal in doomed.removals))
    watch = Watch(doomed.clock, doomed.aws.throttled)
    works = tuple(Work(r.live.name, r.after, _removing(doomed, r, retained, watch)) for r in doomed.removals)
    yield from schedule.run(works, doomed.clock, watch=watch)
    yield Destroyed(tuple(retained), doomed.clock.now() - start)


def _removals(assembly: Assembly, aws: Aws, live: Mapping[str, LiveStack]) -> list[Removal]:
    present = [live[stack.name] for stack in reversed(assembly.stacks) if stack.name in live]
    for stack in present:
        guard.check_owned(stack, assembly)
    guard.check_removable(present)
    return [shown.removal(assembly, stack, _users(assembly, stack.name), aws) for stack in present]


def _users(assembly: Assembly, name: str) -> frozenset[str]:
    return frozenset(user.name for user in assembly.stacks if name in inputs.sources(user))


def _removing(doomed: Doomed, removal: Removal, retained: list[Retained], watch: Watch) -> Callable[[], Flow]:
    return lambda: remove.remove(removal.door(doomed.aws), doomed.clock, removal.live, retained, watch)
