"""Looks at an account: few of them, read-only, and none that fails a deployment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from compiler.deploy.account import Account, Read, UnseenError
from compiler.deploy.clock import Clock
from compiler.deploy.events import Evidence, Kind
from compiler.deploy.redacting import told

LOOKS = 20  # calls for one resource; a service with a few containers takes eight
SECONDS = 30.0  # for one resource; the call that is under way then still ends


@dataclass(frozen=True)
class Subject:
    """The resource that fails, or does not settle."""

    logical_id: str
    type: str
    physical_id: str
    since: datetime | None = None  # when the operation began; what is older says nothing of it

    def evidence(self, kind: Kind, about: str, lines: Iterable[str]) -> Iterator[Evidence]:
        """One, of lines that may be shown; none when there are no lines."""
        shown = tuple(filter(None, map(told, lines)))
        if shown:
            yield Evidence(self.logical_id, kind, about, shown)

    def fresh(self, when: datetime | None) -> bool:
        """Whether something happened during the operation, as far as that is known."""
        return self.since is None or when is None or when >= self.since


@dataclass
class Looks:
    """What may still be looked at for one resource; `silent` are services that gave no answer at all."""

    account: Callable[[], Account]
    clock: Clock
    silent: dict[str, str] = field(default_factory=dict)  # service -> why
    unseen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._left = LOOKS
        self._end = self.clock.now() + SECONDS
        self._opened: Account | None = None

    def find(self, read: Read, **options: Any) -> tuple[Any, ...]:
        """What the call finds; nothing, and a line in `unseen`, when it may or can not be looked at."""
        if read.service in self.silent:
            return self._not_seen(self.silent[read.service])
        if self._left <= 0 or self.clock.now() > self._end:
            return self._not_seen("no time was left to look at all of it")
        self._left -= 1
        try:
            return self._account().ask(read, **options)
        except UnseenError as error:
            if not error.code:  # not even an answer: asking again would cost as much time
                self.silent[read.service] = error.message
            return self._not_seen(error.message)

    def _account(self) -> Account:
        # Opened anew for each resource: an account remembers its answers, and things move.
        if self._opened is None:
            self._opened = self.account()
        return self._opened

    def _not_seen(self, why: str) -> tuple[Any, ...]:
        if why not in self.unseen:
            self.unseen.append(why)
        return ()
