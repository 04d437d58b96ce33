"""Pieces of work with an order among them -> their events; what is independent runs at once."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from compiler.deploy.clock import Clock, Pace
from compiler.deploy.errors import DeployError, NotNowError
from compiler.deploy.events import Event, Waiting
from compiler.deploy.situation import Situation
from compiler.deploy.watch import Watch
from compiler.deploy.width import Width

Flow = Generator[Event | None, None, None]  # None means: nothing new, wait


@dataclass(frozen=True)
class Work:
    """One stack's work, to begin when all of `after` that take part have ended."""

    name: str
    after: frozenset[str]
    begin: Callable[[], Flow]


def run(
    works: tuple[Work, ...],
    clock: Clock,
    check: Callable[[], None] = lambda: None,
    watch: Watch | None = None,
) -> Iterator[Event]:
    """Events as they come. After a failure nothing more begins; it is raised when the rest has ended, with
    what state things are in when AWS could not be asked to the end.

    `check` is called all the time, and before anything begins: its DeployError counts as such a failure, but
    for a NotNowError, while which nothing begins.
    """
    board, pace = _Board(works, clock, check, watch or Watch(clock)), Pace(clock)
    while board.begin_ready():
        before = board.moves
        for name in list(board.running):
            yield from board.advance(name)
        if board.moves == before:
            yield Waiting({name: clock.now() - begun for name, begun in board.begun.items()})
            pace.wait()
        else:
            pace.reset()
    if board.failure:
        raise board.situation.of(board.failure)


class _Board:
    """What waits, what runs, and how it went."""

    def __init__(
        self, works: tuple[Work, ...], clock: Clock, check: Callable[[], None], watch: Watch
    ) -> None:
        self.clock = clock
        self.check = check
        self.watch = watch
        self.width = Width(watch.throttled)
        self.works = {work.name: work for work in works}
        self.situation = Situation(self.works)
        self.lost: dict[str, float] = {}  # since when it has not come to its beginning
        self.waiting = {work.name: work for work in works}
        self.running: dict[str, Flow] = {}
        self.begun: dict[str, float] = {}
        self.failure: DeployError | None = None
        self.moves = 0

    def begin_ready(self) -> bool:
        """Begin what may begin; False when nothing runs any more, and nothing may yet begin."""
        try:
            self.check()
        except NotNowError:
            return bool(self.running) or (not self.failure and bool(self.waiting))
        except DeployError as error:
            self.failure = self.failure or error
        for work in list(self.waiting.values()):
            if self.failure or len(self.running) >= self.width.now():
                break
            if not work.after & (self.waiting.keys() | self.running.keys()) - {work.name}:
                self.running[work.name] = self.waiting.pop(work.name).begin()
                self.begun[work.name] = self.clock.now()
        return bool(self.running)

    def advance(self, name: str) -> Iterator[Event]:
        """One work's events up to where it waits or ends."""
        try:
            for event in self.running[name]:
                if event is None:
                    return
                self.moves += 1
                self.situation.note(name, event)
                yield event
            self.situation.done(name)
        except DeployError as error:
            if self._begins_again(name, error):
                return
            self.situation.failed(name, error)
            self.failure = self.failure or error
        self.moves += 1
        self.width.ended()
        del self.running[name], self.begun[name]

    def _begins_again(self, name: str, error: DeployError) -> bool:
        """What the network ended before AWS was asked to do anything may be begun anew, for some minutes."""
        since = self.lost.setdefault(name, self.clock.now())
        begun = self.situation.has_begun(name)
        if self.failure or begun or not self.watch.bears(error, since):
            return False
        self.running[name] = _rested(self.works[name], self.watch)
        return True


def _rested(work: Work, watch: Watch) -> Flow:
    while watch.resting:
        yield None
    yield from work.begin()
