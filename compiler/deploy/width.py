"""How many pieces of work may be under way at once: fewer as soon as AWS is asked too often."""

from __future__ import annotations

from collections.abc import Callable

MOST = 25
LEAST = 2


class Width:
    """Begins wide; halved when an answer says "too often", wider by one for each four that end after it."""

    def __init__(self, throttled: Callable[[], int]) -> None:
        self._throttled = throttled
        self._seen = throttled()
        self._allowed: float = MOST

    def now(self) -> int:
        """How many may be under way."""
        if (count := self._throttled()) > self._seen:
            self._seen = count
            self._allowed = max(self._allowed / 2, LEAST)
        return int(self._allowed)

    def ended(self) -> None:
        """A piece of work has come to its end."""
        self._allowed = min(self._allowed + 0.25, MOST)
