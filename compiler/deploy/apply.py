"""One step of a plan, carried out: exactly the change set that was shown, or one that comes to the same."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from compiler.deploy import (
    alignment,
    assets,
    bootstrap,
    cause,
    changeset,
    compare,
    follow,
    hints,
    imports,
    inputs,
    protection,
    readiness,
    remove,
    shown,
    starting,
)
from compiler.deploy.changeset import Order
from compiler.deploy.control import Control, watched
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.events import Retained, StackFailed, StackFinished, StackStarted
from compiler.deploy.evidence import witness
from compiler.deploy.expectation import expected
from compiler.deploy.explain import STALE
from compiler.deploy.follow import Operation
from compiler.deploy.prepared import Prepared, Step
from compiler.deploy.records import ChangeSet
from compiler.deploy.schedule import Flow
from compiler.deploy.status import SUCCESS
from compiler.deploy.watch import Watch
from compiler.review.changes import StackChanges


@dataclass
class Run:
    """What is known so far while a plan runs."""

    prepared: Prepared
    outputs: dict[str, dict[str, str]]
    retained: list[Retained] = field(default_factory=list)
    supplied: set[str] = field(default_factory=set)  # the asset buckets that have all assets
    control: Control = field(default_factory=Control)
    approved: frozenset[str] = frozenset()  # the ids of the changes that somebody approved by name
    watch: Watch = field(init=False)
    check: Callable[[], None] = lambda: None  # DeployError when nothing more may begin

    def __post_init__(self) -> None:
        self.watch = Watch(self.prepared.clock, self.prepared.aws.throttled)

    def still(self) -> None:
        """Just before AWS is asked to begin something: what came before it may have taken long."""
        try:
            self.check()
        except DeployError as error:
            error.unbegun = True
            raise

    def bucket(self, step: Step) -> str | None:
        """The asset bucket of the stack's region, once there is one."""
        stack = bootstrap.name(step.draft.stack.region)
        return self.outputs.get(stack, {}).get(bootstrap.BUCKET_OUTPUT)


def apply(run: Run, step: Step) -> Flow:
    """Bring one stack to what was shown; no event when there is nothing to do."""
    aws = step.door(run.prepared.aws)
    if step.draft.dead and step.draft.creates:  # else a move has deleted it and made it anew
        yield from remove.remove(aws, run.prepared.clock, step.draft.dead, run.retained, run.watch)
    made = yield from _current(run, step)
    if made is None:
        protection.close(step, aws)
        return
    bucket = run.bucket(step)
    if bootstrap.uses_assets(step.draft.stack) and bucket and bucket not in run.supplied:
        yield from assets.upload(aws, bucket, run.prepared.assembly.assets)
        run.supplied.add(bucket)
    yield from _execute(run, step, made)


def _current(run: Run, step: Step) -> Generator[None, None, ChangeSet | None]:
    """The change set to run: the one shown while its inputs hold, else a new one that must be its like."""
    values = inputs.resolve(step.draft.stack, run.outputs)
    if values is None:
        lacking = ", ".join(inputs.unknown(step.draft.stack, run.outputs))
        raise DeployError(
            f"stack {step.name} needs {lacking}, which is not there", "build the assembly again"
        )
    order = step.draft.order(values, run.bucket(step))
    if step.order and order.name == step.order.name:
        return step.change_set
    return (yield from _anew(run.prepared, step, order))


def _anew(prepared: Prepared, step: Step, order: Order) -> Generator[None, None, ChangeSet | None]:
    aws = step.door(prepared.aws)
    if step.change_set:
        aws.delete_change_set(step.change_set.name, step.name)
    made = yield from changeset.make(aws, prepared.litter, order)
    real = shown.nothing(step.draft)
    if made:
        real = _real(step, aws, made, order)
    if found := compare.differences(step.shown, real):
        raise RefusedError(
            f"stack {step.name} would change in another way than was shown: {'; '.join(found)}",
            "run again and review the new plan; what was done before stays done",
        )
    return made


def _real(step: Step, aws: Aws, made: ChangeSet, order: Order) -> StackChanges:
    """What a change set would really change, whatever is only written in another way."""
    template = shown.live_template(step.draft, aws)
    live = None if step.draft.creates else aws.stack(step.name)
    same: frozenset[str] = frozenset()
    if live:
        physical = {each.logical_id: each.physical_id for each in aws.resources(step.name)}
        told = alignment.told(template, physical, live.outputs)
        template, same = alignment.aligned(template, live.parameters, order.stack, order.inputs, told)
    real = alignment.echoing(shown.real(step.draft, made, template), same)
    return imports.judged(real, made, step.draft, aws)


def _execute(run: Run, step: Step, made: ChangeSet) -> Flow:
    aws, clock = step.door(run.prepared.aws), run.prepared.clock
    operation = _operation(run, step, made)
    start = clock.now()
    changing = [change.logical_id for change in step.shown.changes]
    ahead = expected(aws, step.draft.stack, made.stack_id, step.shown.action, changing)
    yield StackStarted(step.name, step.shown.action, len(changing), ahead)
    kept = yield from _begin(run, step, made, operation)
    ends = follow.until_rest(aws, operation, run.watch)
    following = witness.watched(ends, aws, clock, operation)
    live = yield from watched(run.control, aws, operation, following)
    if live is None or live.status not in SUCCESS:
        yield from run.watch.answered(lambda: protection.put_back(step, aws, kept))
        failure = yield from run.watch.answered(lambda: cause.of(aws, operation, live))
        yield StackFailed(step.name, failure, clock.now() - start)
        raise DeployError(
            f"the deployment stopped because stack {step.name} failed",
            hints.after_failure(run.prepared.assembly, live),
        )
    run.outputs[step.name] = dict(live.outputs)
    yield from run.watch.answered(lambda: protection.close(step, aws))
    if step.draft.express:
        yield from readiness.wait(aws, clock, step.name, run.watch)
    yield StackFinished(step.name, step.shown.action, live.status, clock.now() - start, live.outputs)


def _begin(
    run: Run, step: Step, made: ChangeSet, operation: Operation
) -> Generator[None, None, frozenset[str]]:
    """Execute the change set, with the stack policy open for what was approved; what it kept before."""
    aws = step.door(run.prepared.aws)
    yield from run.watch.answered(run.still)
    kept = protection.open_up(step, aws, run.approved)
    try:
        yield from starting.execute(aws, made, operation, run.watch)
    except DeployError as error:
        if error.unbegun:  # nothing runs, so nothing may stay open
            protection.put_back(step, aws, kept)
        raise
    run.prepared.litter.executed(step.name, made.name)
    return kept


def _operation(run: Run, step: Step, made: ChangeSet) -> Operation:
    aws = step.door(run.prepared.aws)
    now = aws.change_set(made.arn)
    if now is None or now.execution != "AVAILABLE":
        raise RefusedError(*STALE)
    since = follow.newest(aws, made.stack_id)
    return Operation(
        step.name, made.stack_id, changeset.token(made, step.draft.mark), since, step.draft.stack.origins
    )
