"""A hundred stacks in one deployment: order, how many at once, and how often AWS is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

from compiler.deploy import aws, destroy, execute, plan
from compiler.deploy.errors import DeployError, Trouble
from compiler.deploy.events import Event, StackFinished, StackStarted
from compiler.deploy.explain import AwsError
from compiler.deploy.schedule import Flow, Work
from compiler.deploy.schedule import run as scheduled
from compiler.deploy.watch import GIVE_UP_SECONDS, Watch
from compiler.deploy.width import LEAST, MOST, Width
from compiler.emulator.server import find_python, running
from tests.fakes import FakeAws, FakeClock
from tests.hostile import Strike, Weather, hostile
from tests.many import chains, platform

# Made, described, described again before it runs, its newest event, executed; and then looked at.
CALLS_PER_STACK = 12
ALL = ("stack", "stacks", "events", "change_set", "execute_change_set")
COUNTED = ("stack", "stacks", "events", "change_set", "create_change_set", "execute_change_set")


class Counted(FakeAws):
    """Counts what a deployment asks of AWS for following it."""

    def __init__(self, polls: int = 0) -> None:
        super().__init__(polls)
        self.asked: Counter[str] = Counter()

    def __getattribute__(self, name: str) -> Any:
        if name in COUNTED:
            self.asked[name] += 1
        return super().__getattribute__(name)


def most_under_way(events: list[Event]) -> int:
    under_way: set[str] = set()
    most = 0
    for event in events:
        if isinstance(event, StackStarted):
            under_way.add(event.stack)
        if isinstance(event, StackFinished):
            under_way.discard(event.stack)
        most = max(most, len(under_way))
    return most


def positions(events: list[Event], kind: type) -> dict[str, int]:
    return {event.stack: place for place, event in enumerate(events) if isinstance(event, kind)}


def test_a_hundred_stacks_run_side_by_side_but_each_after_what_it_takes_values_from() -> None:
    account = Counted(polls=6)
    events = list(execute.run(plan.make(platform(), account, FakeClock())))
    started, finished = positions(events, StackStarted), positions(events, StackFinished)
    assert len(finished) == 100
    assert [pair for pair in chains() if finished[pair[0]] > started[pair[1]]] == []
    assert most_under_way(events) == MOST
    assert sum(account.asked.values()) <= 100 * CALLS_PER_STACK


def test_long_operations_of_many_stacks_are_followed_by_listing_them_all_at_once() -> None:
    account = Counted(polls=40)
    list(execute.run(plan.make(platform(25), account, FakeClock())))
    rounds = account.asked["stacks"]
    assert rounds > 30
    # One by one it would be 25 of each in every round.
    assert account.asked["stack"] <= 25 * 6
    assert account.asked["events"] <= rounds * 8 + 25 * 4


def test_a_few_stacks_in_an_account_with_many_of_others_are_asked_about_one_by_one() -> None:
    account = Counted()
    list(execute.run(plan.make(platform(101), account, FakeClock())))
    watch, ids = Watch(FakeClock()), [stack.id for stack in account.stacks()][:4]
    for each in ids:
        account.set(each, status="UPDATE_IN_PROGRESS")
    account.asked.clear()
    with ExitStack() as followed:
        for each in ids:
            followed.enter_context(watch.following(account, each))
        for _ in range(10):
            for each in ids:
                watch.stack(account, each)
    assert account.asked == {"stacks": 1, "stack": 4 * 10 - 1}


def test_a_hundred_stacks_are_destroyed_side_by_side() -> None:
    account = Counted(polls=3)
    list(execute.run(plan.make(platform(), account, FakeClock())))
    account.asked.clear()
    events = list(destroy.run(destroy.plan(platform(), account, FakeClock())))
    started, finished = positions(events, StackStarted), positions(events, StackFinished)
    assert [pair for pair in chains() if finished[pair[1]] > started[pair[0]]] == []
    assert most_under_way(events) == MOST
    assert sum(account.asked.values()) <= 100 * CALLS_PER_STACK
    assert account.stacks() == ()


def test_an_answer_that_says_too_often_halves_the_width_and_each_end_widens_it_again() -> None:
    count = 0
    width = Width(lambda: count)
    assert width.now() == MOST
    count = 3
    assert (width.now(), width.now()) == (MOST // 2, MOST // 2)
    for _ in range(4):
        width.ended()
    assert width.now() == MOST // 2 + 1
    for _ in range(10):
        count += 1
        width.now()
    assert width.now() == LEAST
    for _ in range(100):
        width.ended()
    assert width.now() == MOST


def test_nothing_more_begins_while_more_is_under_way_than_the_width_allows() -> None:
    account, under_way = FakeAws(), 0
    seen = []

    def work(number: int) -> Work:
        def flow() -> Flow:
            nonlocal under_way
            under_way += 1
            seen.append(under_way)
            if number == 0:
                account.throttles += 1
            for _ in range(3):
                yield None
            under_way -= 1

        return Work(f"stack{number:02}", frozenset(), flow)

    clock = FakeClock()
    list(scheduled(tuple(map(work, range(60))), clock, watch=Watch(clock, account.throttled)))
    # They had begun before the first one heard of it.
    assert max(seen[:MOST]) == MOST
    assert MOST // 2 <= max(seen[MOST:]) < MOST


def test_a_hundred_stacks_over_http_with_answers_that_say_too_often() -> None:
    weather = Weather()
    with running(find_python()) as emulator, hostile(emulator.endpoint_url, weather) as url:
        door = aws.connect(aws.Session(None, "us-east-1", url, "720000000000"))
        weather.set(
            Strike("CreateChangeSet", "throttled", 30, 1), Strike("DescribeStacks", "throttled", 4, 2)
        )
        events = list(execute.run(plan.make(platform(), door)))
        asked = sum(weather.calls.values())
        assert door.throttled() == 3
        assert {stack.status for stack in door.stacks()} == {"CREATE_COMPLETE"}
    started, finished = positions(events, StackStarted), positions(events, StackFinished)
    assert len(finished) == 100
    assert [pair for pair in chains() if finished[pair[0]] > started[pair[1]]] == []
    assert most_under_way(events) <= MOST
    assert asked <= 100 * CALLS_PER_STACK


def broken() -> DeployError:
    error = DeployError("the connection to AWS broke", "check the network")
    error.trouble = Trouble.NETWORK
    return error


def expired() -> DeployError:
    error = AwsError("the AWS credentials have expired", "sign in", "ExpiredToken", missing=False)
    error.trouble = Trouble.SIGN_IN
    return error


class Outage(FakeAws):
    """From a moment on nobody is reached for some calls, by name."""

    def __init__(self, polls: int = 0) -> None:
        super().__init__(polls)
        self.unreached: dict[str, int] = {}
        self.error: Callable[[], DeployError] = broken

    def __getattribute__(self, name: str) -> Any:
        left = object.__getattribute__(self, "__dict__").get("unreached", {})
        if left.get(name):
            left[name] -= 1
            raise self.error()
        return super().__getattribute__(name)


@pytest.fixture
def prepared() -> tuple[Outage, Any, FakeClock]:
    account, clock = Outage(polls=3), FakeClock()
    return account, plan.make(platform(10), account, clock), clock


def test_minutes_without_a_network_end_nothing(prepared: tuple[Outage, Any, FakeClock]) -> None:
    account, ready, _ = prepared
    account.unreached = {"stack": 3, "stacks": 4, "events": 3, "change_set": 2, "execute_change_set": 2}
    events = list(execute.run(ready))
    assert len(positions(events, StackFinished)) == 10
    assert len(account.acts("execute_change_set")) == 10


def test_what_cannot_be_followed_any_more_is_told_with_all_else(
    prepared: tuple[Outage, Any, FakeClock],
) -> None:
    account, ready, clock = prepared
    running = execute.run(ready)
    for event in running:
        if isinstance(event, StackStarted) and event.stack == "shop-part008":
            break
    account.unreached = dict.fromkeys(ALL, 10**6)
    begun = clock.now()
    with pytest.raises(DeployError) as caught:
        list(running)
    assert caught.value.exit_code == 3
    assert "under way, and goes on in AWS by itself: shop-part000" in caught.value.message
    assert "perhaps under way, for AWS did not confirm that it began: shop-part008" in caught.value.message
    assert "not begun: shop-part009" in caught.value.message
    assert "`formwork status` shows" in caught.value.advice
    assert GIVE_UP_SECONDS <= clock.now() - begun < GIVE_UP_SECONDS + 60


def test_credentials_that_expire_end_it_at_once(prepared: tuple[Outage, Any, FakeClock]) -> None:
    account, ready, clock = prepared
    account.error = expired
    running = execute.run(ready)
    for event in running:
        if isinstance(event, StackStarted) and event.stack == "shop-part003":
            break
    account.unreached = dict.fromkeys(ALL, 10**6)
    begun = clock.now()
    with pytest.raises(DeployError, match="the AWS credentials have expired; under way") as caught:
        list(running)
    # The one that AWS refused to begin has not begun.
    assert "not begun: shop-part003" in caught.value.message
    assert clock.now() - begun < 10
