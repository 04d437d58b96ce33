"""Events -> what is under way: each stack, its resources, for how long, and how long that usually takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compiler.deploy.events import (
    Event,
    Expected,
    OperationFinished,
    OperationStarted,
    ResourceEvent,
    Settling,
    StackFailed,
    StackFinished,
    StackStarted,
    Waiting,
)
from compiler.views.events import DOING, HANDLING, duration

_LONG = 600.0  # seconds; only then it is worth saying when CloudFormation gives up


class Board:
    """The stacks under way."""

    def __init__(self) -> None:
        self.stacks: dict[str, Busy] = {}

    def take(self, event: Event) -> None:
        match event:
            case StackStarted(stack, doing, resources, expected):
                self.stacks[stack] = Busy(DOING[doing], resources, expected)
            case ResourceEvent(stack=stack) if stack in self.stacks:
                self.stacks[stack].take(event)
            case Settling(stack, waiting) if stack in self.stacks:
                self.stacks[stack].settle(waiting)
            case OperationStarted(stack, doing):
                self.stacks[stack] = Busy(HANDLING[doing], 0, Expected())
            case StackFinished(stack=stack) | StackFailed(stack=stack) | OperationFinished(stack=stack):
                self.stacks.pop(stack, None)
            case Waiting(stacks):
                for name, seconds in stacks.items():
                    if name in self.stacks:
                        self.stacks[name].seconds = seconds


class Busy:
    """One stack under way; all times are seconds since it began."""

    def __init__(self, doing: str, resources: int, expected: Expected) -> None:
        self.doing = doing
        self.resources = resources
        self.seconds = 0.0
        self.heard = 0.0
        self.done: set[str] = set()
        self.busy: dict[str, tuple[str, float]] = {}
        self.expected = expected

    def take(self, event: ResourceEvent) -> None:
        self.heard = self.seconds
        if event.status.endswith("IN_PROGRESS"):
            component = f" of {event.origin.component}" if event.origin else ""
            begun = self.busy.get(event.logical_id, ("", self.seconds))[1]
            self.busy[event.logical_id] = (f"{event.status} {event.logical_id}{component}", begun)
        elif self.busy.pop(event.logical_id, None) and event.status.endswith("_COMPLETE"):
            self.done.add(event.logical_id)

    def settle(self, waiting: Mapping[str, str]) -> None:
        """It is configured; from here on these are what is waited for."""
        self.heard = self.seconds
        self.busy = {name: (f"not ready: {name}, {doing}", self.seconds) for name, doing in waiting.items()}

    def facts(self) -> Iterator[str]:
        """How much is done, for how long, and how long it usually takes."""
        # More than was shown may be touched: what CloudFormation only reads again.
        yield f"{len(self.done)} of {max(self.resources, len(self.done | self.busy.keys()))}"
        yield duration(self.seconds)
        if self.expected.seconds:
            yield f"usually {duration(self.expected.seconds)}"

    def lines(self) -> list[str]:
        """What is under way, the longest first."""
        by_age = sorted(self.busy.items(), key=lambda item: item[1][1])
        return [f"{text}{self._age(name, begun)}" for name, (text, begun) in by_age]

    def _age(self, name: str, begun: float) -> str:
        seconds = self.seconds - begun
        told = [duration(seconds)] if seconds >= 1 else []
        if usual := self.expected.usual.get(name):
            told.append(f"usually {duration(usual)}")
        if seconds > _LONG and name in self.expected.limits:
            told.append(f"CloudFormation gives up after {duration(self.expected.limits[name])}")
        return f", {', '.join(told)}" if told else ""
