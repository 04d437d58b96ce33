"""Assembly + live stacks -> the smallest way out for each that is stuck; nothing is changed yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from compiler.assembly import Assembly
from compiler.deploy import attach, cause, guard, leftovers, regions, ways
from compiler.deploy.clock import Clock, SystemClock
from compiler.deploy.door import Aws
from compiler.deploy.errors import ArgumentError, RefusedError
from compiler.deploy.events import Failure
from compiler.deploy.follow import Operation
from compiler.deploy.hints import command
from compiler.deploy.records import LiveStack
from compiler.deploy.states import Cure, row
from compiler.deploy.status import State, state
from compiler.deploy.ways import Step
from compiler.diagnostics import suggest

_DELETING = (Cure.DELETE, Cure.DELETE_AGAIN)


@dataclass(frozen=True)
class Case:
    """One stack that has to be led out of its state, and how; without steps nothing can be done here."""

    stack: str
    region: str
    status: str
    means: str
    cure: Cure
    failure: Failure | None  # what brought it there
    steps: tuple[Step, ...]
    note: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        """What has to be approved by name before anything is done, as `<stack>/<logical id>`."""
        own = (each for step in self.steps if not step.fallback for each in step.approvals)
        return tuple(f"{self.stack}/{each}" for each in own)


@dataclass(frozen=True)
class Rescue:
    """What is to be done, in this order."""

    assembly: Assembly
    cases: tuple[Case, ...]
    next: str  # the command that leads on after it
    live: dict[str, LiveStack] = field(repr=False, compare=False)
    aws: Aws = field(repr=False, compare=False)
    clock: Clock = field(repr=False, compare=False)


def plan(
    assembly: Assembly,
    aws: Aws,
    clock: Clock | None = None,
    *,
    only: Collection[str] = (),
    mended: bool = False,
) -> Rescue:
    """A way out for every stuck stack of the environment, or `only` for those.

    With `mended`, a rollback is tried again as it is, also when that failed before. RefusedError when a stack
    belongs to others, is busy, or is protected and would be deleted; ArgumentError for an unknown one.
    """
    guard.check_place(assembly, aws)
    live = _wanted(regions.survey(assembly, aws), assembly, only)
    cases = [case for found in live.values() if (case := _case(assembly, aws, found, mended))]
    order = {stack.name: index for index, stack in enumerate(assembly.stacks)}
    # What builds on others is deleted before them, and put back after them.
    cases.sort(key=lambda case: (case.cure in _DELETING, case.stack))
    cases.sort(key=lambda case: _turn(case, order))
    _check_protected([live[case.stack] for case in cases if case.cure in _DELETING])
    return Rescue(assembly, tuple(cases), _next(assembly, cases), live, aws, clock or SystemClock())


def _wanted(live: dict[str, LiveStack], assembly: Assembly, only: Collection[str]) -> dict[str, LiveStack]:
    for name in sorted(set(only) - live.keys()):
        known = ", ".join(sorted(live)) or "none"
        raise ArgumentError(
            f"no stack '{name}' is there{suggest(name, live)}", f"the environment's stacks are: {known}"
        )
    found = {name: stack for name, stack in live.items() if not only or name in only}
    for stack in found.values():
        if state(stack.status) is State.BUSY and (attach.is_own(stack, assembly) or stack.name in only):
            raise guard.busy(stack)
        if _is_foreign(stack, assembly) and (stack.name in only or row(stack.status).cure in ways.ACTING):
            raise RefusedError(
                f"stack {stack.name} ({stack.status}) does not belong to environment "
                f"'{assembly.environment}' of platform '{assembly.platform}'",
                "its owner has to lead it out of that state; rename the platform or the environment if the "
                "name is only the same by accident",
            )
    return found


def _is_foreign(stack: LiveStack, assembly: Assembly) -> bool:
    # An empty stack bears no tags before its change set is executed.
    unknown = state(stack.status) is State.REVIEW and guard.PLATFORM_TAG not in stack.tags
    return not attach.is_own(stack, assembly) and not unknown


def _case(assembly: Assembly, aws: Aws, live: LiveStack, mended: bool) -> Case | None:
    door, found = aws.in_region(live.region), row(live.status)
    if found.cure in (Cure.NONE, Cure.SWEEP):
        step = leftovers.step(door, live, assembly)
        return _of(live, Cure.SWEEP, None, (step,)) if step else None
    failure = cause.of(door, _history(assembly, door, live), live)
    if found.cure is Cure.SUPPORT or (found.cure is Cure.ROLL_BACK and live.express):
        return _of(live, found.cure, failure, (), ways.hopeless(assembly, live))
    return _of(live, found.cure, failure, ways.out(door, live, assembly, mended))


def _history(assembly: Assembly, aws: Aws, live: LiveStack) -> Operation:
    events = cause.last_operation(aws, live.id)
    return Operation(live.name, live.id, "", None, attach.origins(assembly, live.name), events)


def _of(
    live: LiveStack, cure: Cure, failure: Failure | None, steps: tuple[Step, ...], note: str = ""
) -> Case:
    return Case(live.name, live.region, live.status, row(live.status).means, cure, failure, steps, note)


def _turn(case: Case, order: dict[str, int]) -> tuple[bool, int]:
    index = order.get(case.stack, len(order))
    return (True, -index) if case.cure in _DELETING else (False, index)


def _check_protected(doomed: list[LiveStack]) -> None:
    protected = [stack for stack in doomed if stack.protected]
    if protected:
        names = ", ".join(f"{stack.name} ({stack.region})" for stack in protected)
        raise RefusedError(
            f"the way out is to delete what termination protection is on for: {names}",
            "if it really is to go, turn it off with `aws cloudformation update-termination-protection "
            "--no-enable-termination-protection --stack-name NAME --region REGION` and run again; or name "
            "the other stacks with --stack",
        )


def _next(assembly: Assembly, cases: list[Case]) -> str:
    deploy = f"`{command(assembly, 'deploy')}`"
    if any(case.cure is Cure.DELETE_AGAIN for case in cases):
        return f"{deploy} makes again what is gone, `{command(assembly, 'destroy')}` goes on deleting"
    return deploy


def known_parts(rescue: Rescue) -> Iterator[tuple[str, str]]:
    """Every resource that may be named in an approval, as its stack and its logical id."""
    for case in rescue.cases:
        live = rescue.live[case.stack]
        found = {each.logical_id for each in rescue.aws.in_region(case.region).resources(live.id)}
        shown = {part.logical_id for step in case.steps for part in step.parts}
        yield from ((case.stack, name) for name in sorted(found | shown))
