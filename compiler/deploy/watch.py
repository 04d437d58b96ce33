"""Operations under way, looked at together: few calls for many stacks, and patience with the network."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from compiler.deploy.clock import Clock
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError, Trouble
from compiler.deploy.records import LiveStack
from compiler.deploy.status import State, state

T = TypeVar("T")

# An operation in AWS goes on whether it is looked at or not. Routers and VPNs are back within minutes.
GIVE_UP_SECONDS = 600.0
_FIRST_REST, _LONGEST_REST = 1.0, 30.0
# One page of DescribeStacks tells of up to 100 stacks, most of which may be other people's.
_WORTH = 25  # stacks listed for each that is followed, up to which listing them all costs less
_FEW = 4
_HISTORIES = 8  # stacks whose events are read in one round


@dataclass
class _Region:
    """What is followed in one region, in the order of joining, and what the last listing said."""

    followed: dict[str, None] = field(default_factory=dict)
    listed: dict[str, LiveStack] = field(default_factory=dict)
    untold: set[str] = field(default_factory=set)  # those who have not been given the listing's answer
    size: int = 0


class Watch:
    """One for all that runs at the same time; `throttled` counts the answers that say "too often"."""

    def __init__(self, clock: Clock, throttled: Callable[[], int] = lambda: 0) -> None:
        self.throttled = throttled
        self._clock = clock
        self._regions: dict[str, _Region] = {}
        self._rest = _FIRST_REST
        self._next = clock.now()
        self._silent_since: float | None = None
        self._gone: DeployError | None = None  # nobody asks any more

    @contextmanager
    def following(self, aws: Aws, stack_id: str) -> Iterator[None]:
        """While the stack is one of those that are asked about together."""
        region = self._regions.setdefault(aws.region, _Region())
        region.followed[stack_id] = None
        try:
            yield
        finally:
            del region.followed[stack_id]

    def stack(self, aws: Aws, stack_id: str) -> LiveStack | None:
        """The stack as it was at some time after it was last asked about; None when it is gone."""
        region = self._regions[aws.region]
        if not _is_listing_worth_it(region):
            return aws.stack(stack_id)
        if stack_id not in region.untold:
            self._list(aws, region)
        region.untold.discard(stack_id)
        found = region.listed.get(stack_id)
        # What was deleted is in no listing, and what has come to rest is wanted as it is now.
        return found if found and state(found.status) is State.BUSY else aws.stack(stack_id)

    def is_turn(self, aws: Aws, stack_id: str, poll: int) -> bool:
        """Whether its events are to be read at this poll: of many stacks, each has its turn."""
        followed = list(self._regions[aws.region].followed)
        rounds = -(-len(followed) // _HISTORIES)
        return poll % rounds == followed.index(stack_id) % rounds

    def answered(self, call: Callable[[], T]) -> Generator[None, None, T]:
        """What it returns; yields None while nobody can be reached, and raises when that goes on for long.

        It is called again, so it must be something that may be done twice.
        """
        since: float | None = None
        while True:
            while self.resting:
                yield None
            if self._gone:
                raise _same(self._gone)
            begun = self._clock.now()
            try:
                result = call()
            except DeployError as error:
                since = begun if since is None else since
                if not self.bears(error, since):
                    raise
                yield None
            else:
                self._rest, self._silent_since = _FIRST_REST, None
                return result

    @property
    def resting(self) -> bool:
        """Whether AWS is left alone, since somebody has just found that it cannot be reached."""
        return not self._gone and self._clock.now() < self._next

    def bears(self, error: DeployError, since: float) -> bool:
        """Whether to ask again, as the first error came at `since`; then everybody rests for a while."""
        if error.trouble is Trouble.SIGN_IN:
            self._gone = _same(error)
        if error.trouble is not Trouble.NETWORK:
            return False
        now = self._clock.now()
        self._silent_since = since if self._silent_since is None else self._silent_since
        if now - self._silent_since >= GIVE_UP_SECONDS:
            self._gone = _same(error)
        if self._gone or now - since >= GIVE_UP_SECONDS:
            return False
        self._next = now + self._rest
        self._rest = min(self._rest * 2, _LONGEST_REST)
        return True

    def _list(self, aws: Aws, region: _Region) -> None:
        found = aws.stacks()
        region.size = len(found)
        region.listed = {stack.id: stack for stack in found if stack.id in region.followed}
        region.untold = set(region.followed)


def _is_listing_worth_it(region: _Region) -> bool:
    count = len(region.followed)
    return count >= _FEW and region.size <= _WORTH * count


def _same(error: DeployError) -> DeployError:
    """One of its own for each that is ended by it: what is said of one of them is not true of all."""
    found = DeployError(error.message, error.advice)
    found.trouble = error.trouble
    return found
