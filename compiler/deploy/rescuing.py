"""A rescue that was shown and approved -> events, until every stack can be deployed to again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator
from dataclasses import dataclass, field

from compiler.assembly import sha256
from compiler.deploy import attach, cause, follow, leftovers, schedule, starting, stuck, ways
from compiler.deploy.door import Aws
from compiler.deploy.errors import ArgumentError, DeployError, RefusedError
from compiler.deploy.events import (
    Event,
    Handling,
    OperationFinished,
    OperationStarted,
    Recovered,
    Retained,
    StackFailed,
)
from compiler.deploy.follow import Operation
from compiler.deploy.records import LiveStack
from compiler.deploy.rescue import Case, Rescue, known_parts
from compiler.deploy.schedule import Flow, Work
from compiler.deploy.states import Cure
from compiler.deploy.status import State, state
from compiler.deploy.stuck import Part
from compiler.deploy.watch import Watch
from compiler.deploy.ways import Step
from compiler.diagnostics import suggest

Ask = Callable[[str, Step, Part], None]  # RefusedError unless somebody approves this of a stack
Going = Generator[Event | None, None, LiveStack | None]
_STUCK = "UPDATE_ROLLBACK_FAILED"


@dataclass
class Run:
    """What is approved, whom to ask for more, and what was left on the way."""

    rescue: Rescue
    approved: frozenset[str]  # as <stack>/<logical id>
    ask: Ask
    skipped: list[str] = field(default_factory=list)
    retained: list[Retained] = field(default_factory=list)
    check: Callable[[], None] = lambda: None  # DeployError when nothing more may begin
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self.watch = Watch(self.rescue.clock, self.rescue.aws.throttled)

    def require(self, case: Case, step: Step) -> None:
        """RefusedError unless all that a step skips or leaves behind was shown, or is approved."""
        shown = {part.logical_id for known in case.steps for part in known.parts if not part.holds_data}
        for part in step.parts:
            name = f"{case.stack}/{part.logical_id}"
            if part.logical_id not in shown and name not in self.approved:
                self.ask(case.stack, step, part)


def meant(rescue: Rescue, names: Collection[str]) -> frozenset[str]:
    """Approvals as `<stack>/<logical id>`; ArgumentError for one that names nothing, or more than one."""
    known = sorted(set(known_parts(rescue)))
    found: set[str] = set()
    for name in sorted(set(names)):
        fits = [f"{stack}/{part}" for stack, part in known if name in (part, f"{stack}/{part}")]
        if not fits:
            near = suggest(name, {part for _, part in known})
            raise ArgumentError(
                f"--approve '{name}' names no resource of a stack that is to be recovered{near}",
                "leave it out, or give LOGICAL_ID or STACK/LOGICAL_ID as the plan shows it",
            )
        if len(fits) > 1:
            raise ArgumentError(
                f"--approve '{name}' is in {len(fits)} stacks", f"say which: {', '.join(fits)}"
            )
        found |= {*fits}
    return frozenset(found)


def run(
    rescue: Rescue, approved: frozenset[str], ask: Ask, check: Callable[[], None] = lambda: None
) -> Iterator[Event]:
    """Do what was shown, one stack after the other; the last event is Recovered.

    When more blocks than was shown, `ask` is called for each, and `check` before anything begins. DeployError
    when a stack stays stuck: what was done before stays done, and running again goes on from there.
    """
    now, start = Run(rescue, approved, ask, check=check), rescue.clock.now()
    for case in rescue.cases:
        if case.steps:
            work = Work(case.stack, frozenset(), _begin(now, case))
            yield from schedule.run((work,), rescue.clock, check, now.watch)
    hopeless = [case.stack for case in rescue.cases if case.cure is Cure.SUPPORT]
    if hopeless:
        raise DeployError(f"nothing can be done here about {', '.join(hopeless)}", "ask AWS Support")
    done = tuple(case.stack for case in rescue.cases if case.steps)
    seconds = rescue.clock.now() - start
    yield Recovered(done, tuple(now.skipped), tuple(now.retained), rescue.next, seconds)


def _begin(now: Run, case: Case) -> Callable[[], Flow]:
    return lambda: _lead_out(now, case)


def _lead_out(now: Run, case: Case) -> Flow:
    aws, live = now.rescue.aws.in_region(case.region), now.rescue.live[case.stack]
    _check_unmoved(aws, live)
    if case.cure is Cure.SWEEP:
        yield from _sweep(now, aws, case, live)
    elif case.cure in (Cure.DELETE, Cure.DELETE_AGAIN):
        yield from _delete(now, aws, case, live)
    else:
        yield from _put_back(now, aws, case, live)


def _check_unmoved(aws: Aws, live: LiveStack) -> None:
    """RefusedError when somebody else did something to the stack since the plan was shown."""
    found = aws.stack(live.id)
    word = found.status if found else "gone"
    if word != live.status:
        raise RefusedError(
            f"stack {live.name} was in {live.status} and is {word} now", "run again and read the new plan"
        )
    if found and found.version != live.version:
        raise RefusedError(
            f"something was done to stack {live.name}, which is in {word} again",
            "run again and read the new plan",
        )


def _sweep(now: Run, aws: Aws, case: Case, live: LiveStack) -> Flow:
    start = now.rescue.clock.now()
    yield OperationStarted(case.stack, "sweep", live.status)
    leftovers.sweep(aws, now.rescue.clock, live, case.steps[0].change_sets)
    yield OperationFinished(case.stack, "sweep", "", now.rescue.clock.now() - start)


def _put_back(now: Run, aws: Aws, case: Case, live: LiveStack) -> Flow:
    """Roll back, at first as the first step says; then with whatever still fails skipped."""
    first, tried = case.steps[0], set[str]()
    end: LiveStack | None = live
    if not first.parts:
        end = yield from _operate(now, aws, case, live, first.doing, ())
    while end is not None and end.status == _STUCK:
        parts = stuck.in_rollback(aws, end, now.rescue.assembly)
        _check_moving(end, parts, tried)
        now.require(case, ways.skipping(parts, fallback=False))
        tried |= {part.logical_id for part in parts}
        end = yield from _operate(now, aws, case, end, "continue-rollback", parts)
    now.skipped += sorted(f"{case.stack}/{name}" for name in tried)
    _check_ready(case, end)


def _delete(now: Run, aws: Aws, case: Case, live: LiveStack) -> Flow:
    """Delete, at first all of it; then with whatever still blocks left behind."""
    tried = set[str]()
    end = yield from _operate(now, aws, case, live, "delete", ())
    while end is not None and state(end.status) is not State.ABSENT:
        parts = stuck.in_deletion(aws, end, now.rescue.assembly)
        _check_moving(end, parts, tried)
        now.require(case, ways.retaining(parts, fallback=False))
        tried |= {part.logical_id for part in parts}
        end = yield from _operate(now, aws, case, end, "delete", parts)


def _operate(
    now: Run, aws: Aws, case: Case, live: LiveStack, doing: Handling, parts: tuple[Part, ...]
) -> Going:
    """One operation, followed to its end; the stack as it is then, None when it is gone."""
    clock, names = now.rescue.clock, tuple(part.logical_id for part in parts)
    start, since = clock.now(), follow.newest(aws, live.id)
    # The latest event is part of the token, so that trying again after a failure is a new request.
    token = f"formwork-{sha256(f'{live.id} {since} {doing} {names}'.encode())[:32]}"
    known = attach.origins(now.rescue.assembly, live.name)
    operation = Operation(live.name, live.id, "", since, known)
    now.check()  # the operation before this one may have taken hours
    yield OperationStarted(case.stack, doing, live.status, names)
    yield from starting.ask(aws, operation, token, lambda: _act(aws, live, doing, token, names), now.watch)
    end = yield from follow.until_rest(aws, operation, now.watch)
    kept = (event for event in operation.history if event.status == "DELETE_SKIPPED")
    now.retained += [Retained(case.stack, e.logical_id, e.physical_id, e.type) for e in kept]
    if end is not None and end.status.endswith("_FAILED"):
        yield StackFailed(case.stack, cause.of(aws, operation, end), clock.now() - start)
        return end
    status = end.status if end else "DELETE_COMPLETE"
    yield OperationFinished(case.stack, doing, status, clock.now() - start)
    return end


def _act(aws: Aws, live: LiveStack, doing: Handling, token: str, names: tuple[str, ...]) -> None:
    if doing == "delete":
        aws.delete_stack(live.id, token, names)
    elif doing == "roll-back":
        aws.roll_back(live.id, token)
    else:
        aws.continue_rollback(live.id, token, names)


def _check_moving(live: LiveStack, parts: tuple[Part, ...], tried: set[str]) -> None:
    """DeployError when the next try would be the last one again."""
    if {part.logical_id for part in parts} <= tried:
        raise DeployError(
            f"stack {live.name} stays in {live.status}: nothing more can be named that keeps it there",
            "mend the cause that is shown above and run again",
        )


def _check_ready(case: Case, end: LiveStack | None) -> None:
    if end is None or state(end.status) is not State.READY:
        word = end.status if end else "gone"
        raise DeployError(
            f"stack {case.stack} is {word} after its rollback, which was not foreseen", "run again"
        )
