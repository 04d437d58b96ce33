"""Pieces of work with an order among them -> their events; what is independent runs at once."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from compiler.deploy.clock import Clock, Pace
from compiler.deploy.errors import DeployError
from compiler.deploy.events import Event, Waiting

WIDTH = 8  # stacks under way at once; CloudFormation throttles callers that follow many more

Flow = Generator[Event | None, None, None]  # None means: nothing new, wait


@dataclass(frozen=True)
class Work:
    """One stack's work, to begin when all of `after` that take part have ended."""

    name: str
    after: frozenset[str]
    begin: Callable[[], Flow]


def run(works: tuple[Work, ...], clock: Clock, check: Callable[[], None] = lambda: None) -> Iterator[Event]:
    """Events as they come. After a failure nothing more begins; it is raised when the rest has ended.

    `check` is called all the time, and before anything begins: its DeployError counts as such a failure.
    """
    board, pace = _Board(works, clock, check), Pace(clock)
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
        raise board.failure


class _Board:
    """What waits, what runs, and how it went."""

    def __init__(self, works: tuple[Work, ...], clock: Clock, check: Callable[[], None]) -> None:
        self.clock = clock
        self.check = check
        self.waiting = {work.name: work for work in works}
        self.running: dict[str, Flow] = {}
        self.begun: dict[str, float] = {}
        self.failure: DeployError | None = None
        self.moves = 0

    def begin_ready(self) -> bool:
        """Begin what may begin; False when nothing runs any more."""
        try:
            self.check()
        except DeployError as error:
            self.failure = self.failure or error
        for work in list(self.waiting.values()):
            if self.failure or len(self.running) >= WIDTH:
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
                yield event
        except DeployError as error:
            self.failure = self.failure or error
        self.moves += 1
        del self.running[name], self.begun[name]
