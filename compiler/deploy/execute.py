"""A prepared plan -> events, by executing the very change sets that were shown."""

from __future__ import annotations

from collections.abc import Callable, Generator

from compiler.deploy import inputs, remove, schedule
from compiler.deploy.apply import Run, apply
from compiler.deploy.errors import DeployError
from compiler.deploy.events import Deployed, Event, LeftBehind, PlanStarted
from compiler.deploy.prepared import Prepared, Removal, Step
from compiler.deploy.schedule import Flow, Work


def run(prepared: Prepared) -> Generator[Event, None, None]:
    """Carry the plan out, stacks that do not depend on each other at once; the last event is Deployed.

    DeployError when a stack failed, after its StackFailed and after all that still ran has ended.
    RefusedError when something is no longer as it was shown. In any case, change sets that were not
    executed are deleted.
    """
    start = prepared.clock.now()
    now = Run(prepared, {name: dict(outputs) for name, outputs in prepared.outputs.items()})
    try:
        yield PlanStarted(tuple(stack.stack for stack in prepared.plan.stacks if stack.action != "none"))
        yield from schedule.run(_works(now), prepared.clock)
    except DeployError:
        yield from map(LeftBehind, prepared.discard())
        raise
    finally:
        prepared.discard()
    names = [stack.name for stack in prepared.assembly.stacks]
    outputs = {name: now.outputs.get(name, {}) for name in names}
    yield Deployed(outputs, prepared.clock.now() - start, tuple(now.retained))


def _works(now: Run) -> tuple[Work, ...]:
    steps = now.prepared.steps
    names = frozenset(step.name for step in steps)
    applied = [Work(step.name, inputs.sources(step.draft.stack), _applying(now, step)) for step in steps]
    removals = now.prepared.removals
    removed = [Work(r.live.name, names | r.after, _removing(now, r)) for r in removals]
    return (*applied, *removed)


def _applying(now: Run, step: Step) -> Callable[[], Flow]:
    return lambda: apply(now, step)


def _removing(now: Run, removal: Removal) -> Callable[[], Flow]:
    prepared = now.prepared
    return lambda: remove.remove(removal.door(prepared.aws), prepared.clock, removal.live, now.retained)
