"""The lock of an environment: a lease in the bootstrap bucket, which one run holds by renewing it.

Nobody's clock is compared with anybody else's. Whoever wants a lease that is held watches the object: what is
renewed changes, and what does not change for as long as a lease lasts belongs to a run that is dead. All
writes are conditional, so of two that want it one gets it, and who lost it learns of that.
Source: Amazon S3 user guide, "How to prevent object overwrites with conditional writes", 2026.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import msgspec

from compiler.assembly import Assembly, dumps
from compiler.deploy import process
from compiler.deploy.clock import Clock
from compiler.deploy.door import Aws
from compiler.deploy.doors.objects import Object
from compiler.deploy.errors import DeployError, NotNowError, RefusedError, Trouble
from compiler.deploy.watch import GIVE_UP_SECONDS

LASTS = 60.0  # seconds without a sign of life after which it is anybody's
_RENEWED = 15.0  # seconds from one sign of life to the next
_LOOKS = 2.0  # seconds from one look at another run's lease to the next


@dataclass(frozen=True)
class Holder:
    """Who holds a lease, as the object says."""

    run: str  # unlike any other run's
    who: str  # the caller's ARN
    command: str
    since: datetime  # told only: it is the holder's own clock
    where: process.Process
    signs: int = 0  # of life, so that the object changes with each
    free: bool = False  # given back


def key(assembly: Assembly) -> str:
    """Where in the bucket the lease of an environment is."""
    return f"locks/{assembly.platform}/{assembly.environment}.json"


def holder(aws: Aws, bucket: str, key: str) -> Holder | None:
    """Who holds a lease, dead or alive; None when it is free."""
    found = _read(aws.get_object(bucket, key))
    return None if found is None or found.free else found


class Lease:
    """One run's lease, not taken yet; `wait` is for how many seconds a busy one is waited for."""

    def __init__(
        self,
        aws: Aws,
        clock: Clock,
        key: str,
        own: Holder,
        wait: float = 0.0,
        tell: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._aws = aws
        self._clock = clock
        self._key = key
        self._own = own
        self._wait = wait
        self._tell = tell
        self._bucket = ""
        self._etag = ""
        self._asked = self._renewed = 0.0
        self._loser = ""  # why it is lost
        self._doubt = ""  # why nobody knows whether it is

    @property
    def run(self) -> str:
        """What tells this run from all others."""
        return self._own.run

    @property
    def bucket(self) -> str:
        """Where it is; empty before it was to be taken."""
        return self._bucket

    @property
    def taken(self) -> bool:
        """Whether it was taken; it may be lost since."""
        return bool(self._etag)

    def take(self, bucket: str) -> None:
        """Have it, waiting as long as was asked for; RefusedError, saying who has it, when that fails."""
        self._bucket = bucket
        start, watch = self._clock.now(), _Watch()
        while True:
            found = self._aws.get_object(bucket, self._key)
            other = _read(found)
            if other is not None and other.run == self._own.run:  # the answer to our own write was lost
                self._mine(found.etag if found else "")
                return
            if found is None or watch.may_take(found, other, self._clock.now()):
                if etag := self._write(self._own, found.etag if found else None):
                    self._mine(etag)
                    return
                continue
            if watch.alive and self._clock.now() - start >= self._wait:
                raise _busy(other, self._own)
            if watch.looks == 1:
                self._tell(f"{_held(other)}; waiting to see whether that run is alive (up to {LASTS:.0f} s)")
            self._clock.sleep(_LOOKS)

    def keep(self) -> None:
        """Give a sign of life when one is due; never fails, but may find that the lease is lost."""
        if self.taken and not self._loser and self._clock.now() - self._renewed >= _RENEWED:
            self._renew()

    def check(self, *, fresh: bool = False) -> None:
        """RefusedError when it is lost, NotNowError while nobody can know; with `fresh`, by asking now.

        Nothing before it was taken.
        """
        if fresh and self.taken and not self._loser:
            self._renew()
        self.keep()
        if self._loser:
            raise RefusedError(
                f"the lock on the environment is lost: {self._loser}",
                "nothing more is begun, and what was begun is followed to its end; look at `formwork status` "
                "and run again",
            )
        if self._doubt:
            raise NotNowError(
                f"the lock on the environment may have run out: {self._doubt}", "nothing was begun; run again"
            )

    def release(self) -> None:
        """Give it back; what cannot be given back runs out by itself."""
        if self.taken and not self._loser:
            free = replace(self._own, free=True)
            try:
                self._write(free, self._etag)
            except DeployError as error:
                self._tell(f"the lock could not be given back and runs out by itself: {error.message}")
        self._etag = ""

    def _renew(self) -> None:
        self._own = replace(self._own, signs=self._own.signs + 1)
        try:
            etag = self._write(self._own, self._etag) or self._after_all()
        except DeployError as error:
            self._unheard(error)
            return
        if etag:
            self._mine(etag)

    def _unheard(self, error: DeployError) -> None:
        """The lease lasts; only when it may have run out is nobody's silence good enough.

        Once the network is back, a conditional write tells whether somebody took it meanwhile.
        """
        silence = self._clock.now() - self._renewed
        if silence < LASTS - _RENEWED:
            return
        why = f"it could not be renewed for {silence:.0f} s: {error.message}"
        if error.trouble is Trouble.NETWORK and silence < GIVE_UP_SECONDS:
            if not self._doubt:
                self._tell(f"the lock may have run out: {why}; nothing more begins until AWS answers")
            self._doubt = why
        else:
            self._loser = why

    def _after_all(self) -> str:
        """The tag when the write that seemed to lose was our own, whose answer was lost; else who has it."""
        found = self._aws.get_object(self._bucket, self._key)
        other = _read(found)
        if found and other and other.run == self._own.run:
            # Others count from that write, which may be long ago: only a new one gives all of the time.
            if etag := self._write(self._own, found.etag):
                return etag
            other = None
        self._loser = _held(other) if other else "somebody deleted it, or has just taken it"
        return ""

    def _write(self, content: Holder, etag: str | None) -> str | None:
        self._asked = self._clock.now()  # an answer may be slow, and others count from the write itself
        body = dumps(msgspec.to_builtins(content)).encode()
        return self._aws.put_object_if(self._bucket, self._key, body, etag)

    def _mine(self, etag: str) -> None:
        self._etag, self._renewed, self._doubt = etag, self._asked, ""


class KeepingClock:
    """A clock that gives the lease's signs of life whenever somebody waits."""

    def __init__(self, clock: Clock, lease: Lease) -> None:
        self._clock = clock
        self._lease = lease

    def now(self) -> float:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)
        self._lease.keep()


class _Watch:
    """What is seen of another run's lease."""

    def __init__(self) -> None:
        self.looks = 0
        self.alive = False
        self._etag = ""
        self._since = 0.0

    def may_take(self, found: Object, other: Holder | None, now: float) -> bool:
        """Whether it is free, or its holder is dead."""
        self.looks += 1
        if found.etag != self._etag:
            self.alive = self.alive or self.looks > 1
            self._etag, self._since = found.etag, now
        if other is not None and (other.free or process.is_over(other.where)):
            return True
        return now - self._since >= LASTS


def _read(found: Object | None) -> Holder | None:
    """What an object says; None also for one that is not as we write it, which is watched like any other."""
    try:
        return msgspec.json.decode(found.content, type=Holder) if found else None
    except msgspec.MsgspecError:
        return None


def _held(other: Holder | None) -> str:
    if other is None:
        return "its object is not as Formwork writes it"
    since = f"{other.since.astimezone(UTC):%Y-%m-%d %H:%M UTC}"
    return f"{other.who} holds it for `{other.command}` since {since}"


def _busy(other: Holder | None, own: Holder) -> RefusedError:
    return RefusedError(
        f"another run is at work on this environment: {_held(other)}",
        f"let it end and run `{own.command}` again, or wait for it with --wait-for-lock 30m",
    )
