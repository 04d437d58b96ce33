"""A reviewed plan -> its change sets and the empty stacks they made, deleted; what was executed stays."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.deploy import resume
from compiler.deploy.clock import Clock, SystemClock
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError
from compiler.deploy.litter import Litter
from compiler.deploy.reviewed import Reviewed, ReviewedStep
from compiler.deploy.status import State, state


def discard(reviewed: Reviewed, aws: Aws, clock: Clock | None = None) -> tuple[str, ...]:
    """The names of what was deleted, as `<stack>/<change set>`; empty when there is nothing left of it.

    RefusedError in another account or region, DeployError when something could not be deleted.
    """
    resume.check_place(reviewed, aws)
    litter, found = Litter(clock or SystemClock()), list[str]()
    for step in (each for each in reviewed.steps if each.phase != "contract"):
        door = aws.in_region(step.region)
        for name in sorted(set(_left(reviewed, step, door))):
            # Of stacks that were there before, litter deletes change sets only.
            litter.expect(door, step.stack, name, creates=True)
            found.append(f"{step.stack}/{name}")
    if left := litter.sweep():
        raise DeployError("; ".join(left), "run it again")
    return tuple(found)


def _left(reviewed: Reviewed, step: ReviewedStep, aws: Aws) -> Iterator[str]:
    """The names of what waits; also of what a run that was killed made and did not come to execute."""
    live = aws.stack(step.stack)
    if live is None:
        return
    waiting = aws.change_sets(step.stack)
    for arn in waiting:
        made = aws.change_set(arn)
        if made and made.name.endswith(f"-{reviewed.mark}") and not made.execution.startswith("EXECUTE_"):
            yield made.name
    empty = state(live.status) is State.REVIEW and live.id == step.stack_id and not waiting
    if step.name and empty:
        yield step.name  # somebody deleted only the change set: the empty stack is ours all the same
