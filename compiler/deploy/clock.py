"""Time, handed in: tests bring a clock of their own and never sleep."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Seconds since some fixed moment, and a way to let them pass."""

    def now(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Pace:
    """Waits a little longer each time nothing happened: quick on an emulator, gentle on AWS."""

    def __init__(self, clock: Clock, shortest: float = 0.1, longest: float = 3.0) -> None:
        self._clock = clock
        self._shortest = shortest
        self._longest = longest
        self._next = shortest

    def wait(self) -> None:
        """Sleep, and make the next sleep half as long again."""
        self._clock.sleep(self._next)
        self._next = min(self._next * 1.5, self._longest)

    def reset(self) -> None:
        """Something happened: be quick again."""
        self._next = self._shortest
