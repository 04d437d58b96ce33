"""The lock of an environment: one holder, signs of life, and what a dead run leaves is taken over."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compiler.assembly import sha256
from compiler.deploy import execute, lease, plan, process
from compiler.deploy.doors.objects import Object
from compiler.deploy.errors import DeployError, NotNowError, RefusedError, Trouble
from compiler.deploy.events import StackFinished, StackStarted, Waiting
from compiler.deploy.lease import LASTS, Holder, KeepingClock, Lease
from compiler.deploy.process import Process
from compiler.deploy.watch import GIVE_UP_SECONDS
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly

KEY = lease.key(an_assembly())
SINCE = datetime(2026, 11, 23, 12, tzinfo=UTC)
ELSEWHERE = Process("", 1, "")


def holder(name: str, where: Process = ELSEWHERE) -> Holder:
    return Holder(name, f"arn:aws:iam::111122223333:user/{name}", "deploy", SINCE, where)


def a_lease(aws: FakeAws, name: str, clock: FakeClock | None = None, **facts: float) -> Lease:
    return Lease(aws, clock or FakeClock(), KEY, holder(name), **facts)  # type: ignore[arg-type]


class Busy(FakeClock):
    """Whenever somebody sleeps, something else happens."""

    def __init__(self, happens: Callable[[float], None]) -> None:
        super().__init__()
        self._happens = happens

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._happens(self.time)


def test_the_key_names_platform_and_environment() -> None:
    assert KEY == "locks/shop/dev.json"


def test_a_free_lease_is_taken_held_and_given_back() -> None:
    aws = FakeAws()
    mine = a_lease(aws, "ann")
    mine.take("bucket")
    found = lease.holder(aws, "bucket", KEY)
    assert found
    assert (found.run, found.command) == ("ann", "deploy")
    mine.release()
    assert lease.holder(aws, "bucket", KEY) is None
    a_lease(aws, "bob").take("bucket")


def test_a_holder_that_is_alive_is_named_and_the_second_refused() -> None:
    aws, clock = FakeAws(), FakeClock()
    first = a_lease(aws, "ann", clock)
    first.take("bucket")

    def alive(time: float) -> None:
        clock.time = time
        first.keep()

    waiting = Busy(alive)
    with pytest.raises(RefusedError, match=r"user/ann holds it for `deploy` since 2026-11-23 12:00 UTC") as e:
        a_lease(aws, "bob", waiting).take("bucket")
    assert "--wait-for-lock" in e.value.advice
    assert waiting.time < LASTS
    first.check(fresh=True)


def test_a_lease_without_a_sign_of_life_is_taken_over_and_its_old_holder_learns_of_it() -> None:
    aws, clock = FakeAws(), FakeClock()
    dead, heir = a_lease(aws, "ann"), a_lease(aws, "bob", clock)
    dead.take("bucket")
    heir.take("bucket")
    assert LASTS <= clock.time < LASTS + 5
    with pytest.raises(RefusedError, match=r"the lock on the environment is lost: .*user/bob"):
        dead.check(fresh=True)
    dead.release()
    heir.check(fresh=True)


def test_who_waits_gets_it_when_it_is_given_back() -> None:
    aws, clock = FakeAws(), FakeClock()
    first = a_lease(aws, "ann", clock)
    first.take("bucket")

    def ends(time: float) -> None:
        clock.time = time
        first.keep()
        if time > 100:
            first.release()

    waiting = Busy(ends)
    a_lease(aws, "bob", waiting, wait=300.0).take("bucket")
    assert 100 < waiting.time < 110


def test_waiting_clocks_give_signs_of_life() -> None:
    aws, clock = FakeAws(), FakeClock()
    mine = a_lease(aws, "ann", clock)
    mine.take("bucket")
    before = aws.stored["bucket", KEY]
    KeepingClock(clock, mine).sleep(5)
    assert aws.stored["bucket", KEY] == before
    KeepingClock(clock, mine).sleep(20)
    assert aws.stored["bucket", KEY] != before


def test_of_two_that_want_it_at_once_one_gets_it() -> None:
    aws = FakeAws()
    original, other = aws.get_object, a_lease(aws, "bob")

    def overtaken(bucket: str, key: str):  # type: ignore[no-untyped-def]
        aws.get_object = original  # type: ignore[method-assign]
        found = original(bucket, key)
        other.take("bucket")
        return found

    aws.get_object = overtaken  # type: ignore[method-assign]
    clock = Busy(lambda time: other.check(fresh=True))
    with pytest.raises(RefusedError, match="user/bob"):
        a_lease(aws, "ann", clock).take("bucket")


def test_a_write_whose_answer_was_lost_is_known_for_our_own() -> None:
    """As after a dropped connection: the SDK writes again, and its first write makes the second one lose."""
    aws = FakeAws()
    original = aws.put_object_if

    def twice(bucket: str, key: str, content: bytes, etag: str | None) -> str | None:
        original(bucket, key, content, etag)
        return original(bucket, key, content, etag)

    aws.put_object_if = twice  # type: ignore[method-assign]
    mine = a_lease(aws, "ann")
    mine.take("bucket")
    mine.check(fresh=True)
    mine.check(fresh=True)


def test_a_network_that_is_gone_for_a_while_loses_nothing_and_for_long_the_lease() -> None:
    aws, clock = FakeAws(), FakeClock()
    mine = a_lease(aws, "ann", clock)
    mine.take("bucket")
    aws.denied["put_object_if"] = DeployError("the network is gone")
    clock.sleep(20)
    mine.check()
    clock.sleep(LASTS)
    with pytest.raises(RefusedError, match="could not be renewed"):
        mine.check()


def gone() -> DeployError:
    error = DeployError("the network is gone")
    error.trouble = Trouble.NETWORK
    return error


def test_while_the_network_is_gone_for_minutes_nothing_begins_and_then_it_is_known_who_has_it() -> None:
    aws, clock, told = FakeAws(), FakeClock(), list[str]()
    mine = Lease(aws, clock, KEY, holder("ann"), tell=told.append)
    mine.take("bucket")
    aws.denied["put_object_if"] = gone()
    clock.sleep(LASTS)
    for _ in range(2):
        with pytest.raises(NotNowError, match="could not be renewed for 60 s: the network is gone"):
            mine.check()
    assert len(told) == 1
    del aws.denied["put_object_if"]
    mine.check()


def test_who_took_it_while_the_network_was_gone_has_it() -> None:
    aws, clock = FakeAws(), FakeClock()
    mine = a_lease(aws, "ann", clock)
    mine.take("bucket")
    aws.denied["put_object_if"] = gone()
    clock.sleep(LASTS)
    with pytest.raises(NotNowError):
        mine.check()
    del aws.denied["put_object_if"]
    a_lease(aws, "bob", FakeClock()).take("bucket")
    with pytest.raises(RefusedError, match=r"lost: .*bob holds it"):
        mine.check()


def test_a_network_that_stays_away_ends_it_at_last() -> None:
    aws, clock = FakeAws(), FakeClock()
    mine = a_lease(aws, "ann", clock)
    mine.take("bucket")
    aws.denied["put_object_if"] = gone()
    clock.sleep(GIVE_UP_SECONDS)
    with pytest.raises(RefusedError, match="could not be renewed for 600 s"):
        mine.check()


def test_a_deployment_begins_nothing_while_the_lock_is_in_doubt_and_goes_on_afterwards() -> None:
    """The network is gone for two minutes between the first stack and the second."""
    aws, clock = FakeAws(), FakeClock()
    shop = an_assembly(
        a_stack("shop-foundation", {"Key": {}}, {"Key": {"Ref": "Key"}}),
        a_stack("shop-data", {"Orders": {}}, wires={"Key": "shop-foundation.Key"}),
    )
    mine, begun = a_lease(aws, "ann", clock), list[float]()
    mine.take("bucket")
    for event in execute.run(plan.make(shop, aws, clock), lease=mine):
        if isinstance(event, StackStarted):
            begun.append(clock.now())
        if isinstance(event, StackFinished) and event.stack == "shop-foundation":
            clock.sleep(LASTS)
            aws.denied["put_object_if"] = gone()
            back = clock.now() + 120
        if isinstance(event, Waiting) and "put_object_if" in aws.denied and clock.now() >= back:
            del aws.denied["put_object_if"]
    assert [stack.status for stack in aws.stacks()] == ["CREATE_COMPLETE", "CREATE_COMPLETE"]
    assert begun[1] >= back


def test_an_object_that_somebody_edited_runs_out_as_any_other() -> None:
    aws, clock = FakeAws(), FakeClock()
    aws.stored["bucket", KEY] = b"hands off"
    a_lease(aws, "ann", clock).take("bucket")
    assert clock.time >= LASTS


def test_a_killed_run_of_the_same_machine_is_not_waited_for() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        here = replace(process.this(), pid=child.pid, started=process._started(child.pid))
        assert not process.is_over(here)
        child.kill()
    assert process.is_over(here)
    aws, clock = FakeAws(), FakeClock()
    Lease(aws, FakeClock(), KEY, holder("ann", here)).take("bucket")
    a_lease(aws, "bob", clock).take("bucket")
    assert clock.time == 0


def test_a_process_that_proc_hides_may_be_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand-made: what `hidepid` leaves of the processes of other users, of whom the first is always there."""
    monkeypatch.setattr(process, "_started", lambda pid: "")
    monkeypatch.setattr(Path, "exists", lambda path: False)
    assert not process.is_over(replace(process.this(), pid=1, started="1"))
    assert not process.is_over(replace(process.this(), pid=2**70, started="1"))
    assert process.is_over(replace(process.this(), pid=2**22 + 1, started="1"))


def test_a_sign_of_life_counts_from_when_it_was_given_however_slow_the_answer() -> None:
    """Whoever waits counts from the write: an answer that took a minute leaves nothing to rely on."""
    aws, clock = FakeAws(), FakeClock()
    mine = a_lease(aws, "ann", clock)
    original = aws.put_object_if

    def slow(bucket: str, key: str, content: bytes, etag: str | None) -> str | None:
        found = original(bucket, key, content, etag)
        clock.sleep(LASTS)
        return found

    aws.put_object_if = slow  # type: ignore[method-assign]
    mine.take("bucket")
    aws.put_object_if = original  # type: ignore[method-assign]
    aws.denied["put_object_if"] = DeployError("no way there")
    with pytest.raises(RefusedError, match="it could not be renewed for 60 s: no way there"):
        mine.check()


def test_a_process_of_another_machine_may_always_be_alive() -> None:
    assert not process.is_over(replace(process.this(), machine="another", pid=2**30))
    assert not process.is_over(Process("", 2**30, ""))
    assert process.is_over(replace(process.this(), started="later"))
    assert process.this().pid == os.getpid()


class Killed(BaseException):
    """As `kill -9` is: nothing is tidied up."""


class Hooked(FakeAws):
    """Something happens before or after the n-th time that the bucket is asked."""

    def __init__(self, shared: FakeAws, at: int, after: bool, happens: Callable[[], None]) -> None:
        super().__init__()
        self.stored = shared.stored
        self.asked, self.at, self.after, self.happens = 0, at, after, happens

    def get_object(self, bucket: str, key: str) -> Object | None:
        with self.around_it():
            return super().get_object(bucket, key)

    def put_object_if(self, bucket: str, key: str, content: bytes, etag: str | None) -> str | None:
        with self.around_it():
            found = FakeAws.get_object(self, bucket, key)
            if (found.etag if found else None) != etag:
                return None
            self.stored[bucket, key] = content
            return sha256(content)

    @contextmanager
    def around_it(self) -> Iterator[None]:
        self.asked += 1
        mine = self.asked == self.at
        if mine and not self.after:
            self.happens()
        yield
        if mine and self.after:
            self.happens()


def killed() -> None:
    raise Killed


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, 7))
def test_wherever_a_holder_is_killed_the_next_gets_the_lock_within_its_time(at: int, after: bool) -> None:
    aws, clock = FakeAws(), FakeClock()
    dead = a_lease(Hooked(aws, at, after, killed), "ann", clock)
    with suppress(Killed):
        dead.take("bucket")
        for _ in range(3):
            clock.sleep(20)
            dead.keep()
        dead.release()
    heir = a_lease(aws, "bob", later := FakeClock())
    heir.take("bucket")
    assert later.time < LASTS + 5
    heir.check(fresh=True)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, 6))
def test_wherever_a_second_run_comes_in_between_one_of_the_two_holds_the_lock(at: int, after: bool) -> None:
    aws, clock = FakeAws(), FakeClock()
    other, refused = a_lease(aws, "bob", clock), list[str]()

    def comes() -> None:
        try:
            other.take("bucket")
        except RefusedError:
            refused.append("bob")

    mine = a_lease(Hooked(aws, at, after, comes), "ann", clock)
    with suppress(RefusedError):
        mine.take("bucket")
        clock.sleep(20)
        mine.check(fresh=True)
        mine.check(fresh=True)
    holding = []
    for each in (mine, other):
        with suppress(RefusedError):
            each.check(fresh=True)
            holding += [each.run] if each.taken else []
    assert len(holding) == 1
