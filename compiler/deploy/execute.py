"""A prepared plan -> events, by executing the very change sets that were shown."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator

from compiler.assembly import Migrator
from compiler.deploy import bootstrap, inputs, migrations, relocate, remove, schedule
from compiler.deploy.apply import Run, apply
from compiler.deploy.control import Control
from compiler.deploy.errors import DeployError
from compiler.deploy.events import Deployed, Event, LeftBehind, PlanStarted, Waiting
from compiler.deploy.lease import Lease
from compiler.deploy.prepared import Prepared, Removal, Step
from compiler.deploy.schedule import Flow, Work
from compiler.review.changes import key


def run(
    prepared: Prepared,
    approved: frozenset[str] = frozenset(),
    lease: Lease | None = None,
    control: Control | None = None,
) -> Generator[Event, None, None]:
    """Carry the plan out, stacks that do not depend on each other at once; the last event is Deployed.

    `approved` are the ids of changes that somebody approved: the stack policy is opened for no others. The
    `lease` is kept on the way, and taken as soon as its bucket is there; nothing begins once it is lost.
    Whoever has the `control` may cancel it, which ends in a DeployError too.

    DeployError when a stack or a migration failed, after its StackFailed or MigrationFailed, and after all
    that still ran has ended; at once when the migrations cannot run whatever is done.
    RefusedError when something is no longer as it was shown. In any case, change sets that were not
    executed are deleted.
    """
    start = prepared.clock.now()
    known = {name: dict(outputs) for name, outputs in prepared.outputs.items()}
    now = Run(prepared, known, approved=approved, control=control or Control())
    now.check = lambda: _check(now, lease)
    try:
        migrations.check(prepared.plan.migrations)
        yield PlanStarted(_changing(prepared), tuple(migrator.component for migrator in _migrators(prepared)))
        begun = schedule.run(_works(now), prepared.clock, now.check, now.watch)
        yield from map(_told, begun)
    except DeployError:
        yield from map(LeftBehind, prepared.discard())
        raise
    finally:
        prepared.discard()
    names = [stack.name for stack in prepared.assembly.stacks]
    outputs = {name: now.outputs.get(name, {}) for name in names}
    yield Deployed(outputs, prepared.clock.now() - start, tuple(now.retained))


def _check(now: Run, lease: Lease | None) -> None:
    """Whether this run may go on; before its very first stack there is nothing that could hold a lock."""
    now.control.check()
    if lease is None:
        return
    bucket = now.outputs.get(bootstrap.STACK, {}).get(bootstrap.BUCKET_OUTPUT)
    if bucket and not lease.taken:
        lease.take(bucket)
    lease.check()


def _changing(prepared: Prepared) -> tuple[str, ...]:
    stacks = (stack for stack in prepared.plan.stacks if stack.action != "none")
    return tuple(stack.key for stack in stacks if stack.key not in prepared.done)


def _told(event: Event) -> Event:
    """Who waits is called by the name of the stack, as in all other events."""
    if not isinstance(event, Waiting):
        return event
    return Waiting({name.removesuffix(key("", "contract")): since for name, since in event.stacks.items()})


def _works(now: Run) -> tuple[Work, ...]:
    steps = [step for step in now.prepared.steps if step.draft.phase != "contract"]
    last = [step for step in now.prepared.steps if step.draft.phase == "contract"]
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
    contracted = [Work(step.key, all_before | step.after, _applying(now, step)) for step in last]
    return relocate.first((*applied, *migrated, *removed, *contracted), now)


def _migrators(prepared: Prepared) -> Iterator[Migrator]:
    """Those that have something to do, or may have."""
    plans = {plan.component: plan for plan in prepared.plan.migrations}
    for migrator in prepared.assembly.migrators:
        if migrations.wanted(plans[migrator.component], prepared.plan.stacks):
            yield migrator


def _before(now: Run, step: Step) -> set[str]:
    """What it waits for: the lock's bucket, and the migrations of earlier stacks, which may end it all."""
    order = [stack.name for stack in now.prepared.assembly.stacks]
    first = {bootstrap.STACK} - {step.name}
    if step.name not in order:
        return first  # a bootstrap stack, which is before them all
    earlier = order[: order.index(step.name)]
    waited = {_migration(migrator) for migrator in _migrators(now.prepared) if migrator.stack in earlier}
    return first | waited


def _migration(migrator: Migrator) -> str:
    return f"migrations of {migrator.component}"


def _migrating(now: Run, migrator: Migrator) -> Callable[[], Flow]:
    prepared = now.prepared
    return lambda: migrations.run(migrator, prepared.aws, prepared.clock, now.outputs)


def _applying(now: Run, step: Step) -> Callable[[], Flow]:
    return lambda: apply(now, step)


def _removing(now: Run, removal: Removal) -> Callable[[], Flow]:
    prepared = now.prepared
    door = removal.door(prepared.aws)
    return lambda: remove.remove(door, prepared.clock, removal.live, now.retained, now.watch)
