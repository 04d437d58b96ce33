"""A prepared plan -> events, by executing the very change sets that were shown."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator

from compiler.assembly import Migrator
from compiler.deploy import inputs, migrations, relocate, remove, schedule
from compiler.deploy.apply import Run, apply
from compiler.deploy.errors import DeployError
from compiler.deploy.events import Deployed, Event, LeftBehind, PlanStarted
from compiler.deploy.prepared import Prepared, Removal, Step
from compiler.deploy.schedule import Flow, Work


def run(prepared: Prepared) -> Generator[Event, None, None]:
    """Carry the plan out, stacks that do not depend on each other at once; the last event is Deployed.

    DeployError when a stack or a migration failed, after its StackFailed or MigrationFailed, and after all
    that still ran has ended; at once when the migrations cannot run whatever is done.
    RefusedError when something is no longer as it was shown. In any case, change sets that were not
    executed are deleted.
    """
    start = prepared.clock.now()
    now = Run(prepared, {name: dict(outputs) for name, outputs in prepared.outputs.items()})
    try:
        migrations.check(prepared.plan.migrations)
        yield PlanStarted(_changing(prepared), tuple(migrator.component for migrator in _migrators(prepared)))
        yield from schedule.run(_works(now), prepared.clock)
    except DeployError:
        yield from map(LeftBehind, prepared.discard())
        raise
    finally:
        prepared.discard()
    names = [stack.name for stack in prepared.assembly.stacks]
    outputs = {name: now.outputs.get(name, {}) for name in names}
    yield Deployed(outputs, prepared.clock.now() - start, tuple(now.retained))


def _changing(prepared: Prepared) -> tuple[str, ...]:
    stacks = (stack for stack in prepared.plan.stacks if stack.action != "none")
    return tuple(stack.stack for stack in stacks if stack.stack not in prepared.done)


def _works(now: Run) -> tuple[Work, ...]:
    steps = now.prepared.steps
    names = frozenset(step.name for step in steps)
    migrated = [
        Work(_migration(migrator), frozenset({migrator.stack}), _migrating(now, migrator))
        for migrator in _migrators(now.prepared)
    ]
    applied = [
        Work(step.name, inputs.sources(step.draft.stack) | _before(now, step), _applying(now, step))
        for step in steps
    ]
    all_before = names | {work.name for work in migrated}
    removals = now.prepared.removals
    removed = [Work(r.live.name, all_before | r.after, _removing(now, r)) for r in removals]
    return relocate.first((*applied, *migrated, *removed), now)


def _migrators(prepared: Prepared) -> Iterator[Migrator]:
    """Those that have something to do, or may have."""
    plans = {plan.component: plan for plan in prepared.plan.migrations}
    for migrator in prepared.assembly.migrators:
        if migrations.wanted(plans[migrator.component], prepared.plan.stacks):
            yield migrator


def _before(now: Run, step: Step) -> set[str]:
    """The migrations that a stack waits for: all those of earlier stacks, for they may end the deployment."""
    order = [stack.name for stack in now.prepared.assembly.stacks]
    if step.name not in order:
        return set()  # the bootstrap stack, which is before them all
    earlier = order[: order.index(step.name)]
    return {_migration(migrator) for migrator in _migrators(now.prepared) if migrator.stack in earlier}


def _migration(migrator: Migrator) -> str:
    return f"migrations of {migrator.component}"


def _migrating(now: Run, migrator: Migrator) -> Callable[[], Flow]:
    prepared = now.prepared
    return lambda: migrations.run(migrator, prepared.aws, prepared.clock, now.outputs)


def _applying(now: Run, step: Step) -> Callable[[], Flow]:
    return lambda: apply(now, step)


def _removing(now: Run, removal: Removal) -> Callable[[], Flow]:
    prepared = now.prepared
    return lambda: remove.remove(removal.door(prepared.aws), prepared.clock, removal.live, now.retained)
