"""A running operation -> its events, and what AWS knows of what fails, before a rollback removes that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from compiler.deploy import failing
from compiler.deploy.clock import Clock, SystemClock
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError
from compiler.deploy.events import Evidence, Kind, Noticed, ResourceEvent
from compiler.deploy.evidence import databases, ecs, functions, hooks, served, targets
from compiler.deploy.evidence.looks import Looks, Subject
from compiler.deploy.follow import Following, Operation
from compiler.deploy.records import LiveStack, StackEvent

MODULES = (ecs, functions, databases, targets)
_LOOKS = {kind: module.look for module in MODULES for kind in module.TYPES}

FAILURES = 5  # resources of one operation that are looked at when they fail
TELLING = ("tasks", "targets")  # what says of a service that still is under way that it is not well
PATIENCE = 120.0  # seconds until a service that is still under way is looked at; then twice as long each time


def watched(following: Following, aws: Aws, clock: Clock, operation: Operation) -> Following:
    """The same events and end; what is found out on the way is added to the operation's evidence."""
    watch = Watch(aws, clock, operation)
    while True:
        try:
            event = next(following)
        except StopIteration as end:
            live: LiveStack | None = end.value
            return live
        noticed = watch.see(event)
        yield event
        yield from noticed


@dataclass
class Watch:
    """What is under way in one operation, and what has been looked at."""

    aws: Aws
    clock: Clock
    operation: Operation
    failed: set[str] = field(default_factory=set)
    silent: dict[str, str] = field(default_factory=dict)  # as in Looks

    def __post_init__(self) -> None:
        self._next: dict[str, float] = {}  # services under way -> when to look at them
        self._pause: dict[str, float] = {}
        self._over = False

    def see(self, event: ResourceEvent | Noticed | None) -> list[Noticed]:
        """Look at what this event, or that there is none, calls for; what is worth telling at once."""
        if event is None:
            return list(self._look_at_slow())
        if isinstance(event, ResourceEvent):
            self._take(event)
        return []

    def _take(self, event: ResourceEvent) -> None:
        if event.status.endswith("_FAILED"):
            self._look_at_failed(event)
        elif event.type == ecs.SERVICE and event.status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"):
            # Once something failed, services move because they are rolled back, which says nothing of why.
            if not self._over:
                self._next.setdefault(event.logical_id, self.clock.now() + PATIENCE)
        else:
            self._next.pop(event.logical_id, None)

    def _look_at_failed(self, event: ResourceEvent) -> None:
        self._over = True
        self._next.clear()
        if (
            event.logical_id in self.failed
            or len(self.failed) >= FAILURES
            or failing.is_follow_up(event.reason)
        ):
            return
        self.failed.add(event.logical_id)
        self._look(event.logical_id)

    def _look_at_slow(self) -> Iterator[Noticed]:
        for logical_id, when in list(self._next.items()):
            if self.clock.now() >= when:
                pause = self._pause[logical_id] = self._pause.get(logical_id, PATIENCE) * 2
                self._next[logical_id] = self.clock.now() + pause
                fresh = tuple(each for each in self._look(logical_id) if each.kind in TELLING)
                if fresh:
                    origin = self.operation.origins.get(logical_id)
                    yield Noticed(self.operation.stack, logical_id, origin, fresh)

    def _look(self, logical_id: str) -> list[Evidence]:
        """What was not known before."""
        event = _latest(self.operation.history, logical_id)
        if event is None:
            return []
        found = look(self.aws, self.clock, event, self.operation.history[0].time, self.silent)
        fresh = [each for each in found if each not in self.operation.evidence]
        add(self.operation.evidence, found)
        return fresh


def afterwards(aws: Aws, history: Sequence[StackEvent], logical_id: str) -> list[Evidence]:
    """What is still there to be seen of what failed, when nobody looked at the time."""
    found = _latest(history, logical_id)
    return look(aws, SystemClock(), found, history[0].time, {}) if found else []


def told(logical_id: str, kind: Kind, about: str, lines: Sequence[str]) -> Iterator[Evidence]:
    """Evidence that is no resource's own."""
    return Subject(logical_id, "", "").evidence(kind, about, lines)


def look(
    aws: Aws, clock: Clock, event: StackEvent, since: datetime | None, silent: dict[str, str]
) -> list[Evidence]:
    """All evidence of one resource; never an exception. What could not be seen is evidence too."""
    subject = Subject(event.logical_id, event.type, event.physical_id, since)
    looks, found = Looks(aws.account, clock, silent), list[Evidence]()
    try:
        found.extend(_found(aws, subject, looks, event))
    except Exception as error:  # why the deployment failed must be told, whatever an answer looks like
        looks.unseen.append(f"an answer of AWS could not be read ({type(error).__name__})")
    return [*found, *subject.evidence("unseen", "not seen", looks.unseen)]


def add(known: list[Evidence], found: Iterable[Evidence]) -> None:
    """The later words of the same source replace the earlier."""
    for each in found:
        same = next((n for n, old in enumerate(known) if _source(old) == _source(each)), len(known))
        known[same : same + 1] = [each]


def _source(evidence: Evidence) -> tuple[str, str, str]:
    return evidence.logical_id, evidence.kind, evidence.about


def _found(aws: Aws, subject: Subject, looks: Looks, event: StackEvent) -> Iterator[Evidence]:
    if event.hook:
        yield from hooks.look(subject, looks, event.hook)
    if served.is_custom(subject.type):
        for function in served.by(aws, event):
            yield from functions.of_custom(subject, looks, function, event.reason)
    elif subject.type in _LOOKS and (found := subject.physical_id or _listed(aws, event)):
        yield from _LOOKS[subject.type](replace(subject, physical_id=found), looks)


def _listed(aws: Aws, event: StackEvent) -> str:
    """The physical id where no event bears one: an update that failed may only bear it in the end."""
    try:
        resources = aws.resources(event.stack_id)
    except DeployError:
        return ""
    return next((each.physical_id for each in resources if each.logical_id == event.logical_id), "")


def _latest(history: Sequence[StackEvent], logical_id: str) -> StackEvent | None:
    """The resource's latest event, with the physical id and the hook that any of them bears."""
    events = [event for event in history if event.logical_id == logical_id]
    if not events:
        return None
    physical = [event.physical_id for event in events if event.physical_id]
    hooked = [event.hook for event in events if event.hook]
    return replace(events[-1], physical_id=(physical or [""])[-1], hook=(hooked or [""])[-1])
