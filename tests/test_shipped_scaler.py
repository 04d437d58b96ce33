"""The scaler that we ship: what it decides, for any traffic; and what it does on the emulator, over HTTP."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as some

from compiler.deploy import aws, execute, plan
from compiler.deploy.events import Deployed
from compiler.shipped.scaler import app
from compiler.shipped.scaler.decide import (
    DAY,
    MOST_CHANGES,
    PATIENCE,
    SHARD_BYTES,
    SHARD_RECORDS,
    Limits,
    Seen,
    changed,
    decide,
    needed,
)
from tests.specs import compiled
from tests.test_emulator import Account, account, emulator, faults

__all__ = ["account", "emulator", "faults"]  # fixtures

NOW = 1_800_000_000.0
QUIET = Seen(4, NOW, False, False, 0, 0, 0, 0)
FOUR_TO_32 = Limits(4, 32, 0.7)


@some.composite
def limits(draw: some.DrawFn) -> Limits:
    least = draw(some.integers(1, 500))
    return Limits(
        least, draw(some.integers(least + 1, 10_000)), draw(some.integers(10, 90).map(lambda n: n / 100))
    )


@some.composite
def seen(draw: some.DrawFn) -> Seen:
    traffic = some.floats(0, 20_000 * SHARD_BYTES)
    past = draw(some.lists(some.tuples(some.floats(0, 2 * DAY), some.integers(1, 12_000)), max_size=20))
    return Seen(
        shards=draw(some.integers(1, 12_000)),
        now=NOW,
        high=draw(some.booleans()),
        low=draw(some.booleans()),
        recent_bytes=draw(traffic),
        recent_records=draw(traffic),
        hour_bytes=draw(traffic),
        hour_records=draw(traffic),
        history=sorted((NOW - age, shards) for age, shards in past),
    )


@given(limits(), seen())
def test_no_step_is_one_that_aws_refuses(limits: Limits, seen: Seen) -> None:
    assert seen.shards / 2 <= decide(limits, seen).shards <= seen.shards * 2


@given(limits(), seen())
def test_a_stream_within_its_limits_stays_there_and_one_outside_comes_closer(
    limits: Limits, seen: Seen
) -> None:
    after = decide(limits, seen).shards
    if seen.shards < limits.least:
        assert seen.shards < after <= max(limits.least, 2 * seen.shards)
    elif seen.shards > limits.most:
        assert limits.most <= after < seen.shards
    else:
        assert limits.least <= after <= limits.most


@given(limits(), seen())
def test_only_the_alarm_that_asks_is_answered(limits: Limits, seen: Seen) -> None:
    within = replace(seen, shards=min(max(seen.shards, limits.least), limits.most))
    after = decide(limits, within).shards
    if within.high:
        assert after >= within.shards
    elif within.low:
        assert after <= within.shards
    else:
        assert after == within.shards


@given(limits(), seen())
def test_no_shards_are_taken_away_soon_after_a_change_or_when_many_changes_were_made(
    limits: Limits, seen: Seen
) -> None:
    within = replace(seen, shards=min(max(seen.shards, limits.least), limits.most))
    changes = changed(within)
    if changes and (NOW - changes[-1] < PATIENCE or len(changes) >= MOST_CHANGES / 2):
        assert decide(limits, within).shards >= within.shards


@given(limits(), some.floats(0, 20_000 * SHARD_BYTES), some.integers(1, 10_000))
def test_steady_traffic_comes_to_rest_with_enough_shards(limits: Limits, load: float, shards: int) -> None:
    """Minute by minute with alarms that ring as ours do: it ends within the limits, and stays."""
    counts = [min(max(shards, limits.least), limits.most)]
    history: list[tuple[float, int]] = []
    for step in range(24):
        now = NOW + step * (PATIENCE + 300)
        history.append((now, counts[-1]))
        used = load / SHARD_BYTES / counts[-1]
        high, low = used > limits.utilization, used < limits.utilization / 2
        here = Seen(counts[-1], now, high, low, load, 0, load, 0, tuple(history))
        counts.append(decide(limits, here).shards)
    assert counts[-1] == counts[-2]
    assert counts[-1] == limits.most or load / SHARD_BYTES / counts[-1] <= limits.utilization * (1 + 1e-9)
    rises = [a for a, b in pairwise(counts) if b > a]
    falls = [a for a, b in pairwise(counts) if b < a]
    assert not (rises and falls)


@given(some.lists(some.floats(0, 40 * SHARD_BYTES), min_size=1, max_size=288))
def test_what_was_added_stays_for_an_hour_whatever_comes_in(loads: list[float]) -> None:
    """A day of five minutes each, with traffic that jumps as it likes."""
    shards, history, changes = 4, [(NOW - 300, 4)], [(NOW - DAY, 0)]
    for step, load in enumerate(loads):
        now = NOW + step * 300
        used = load / SHARD_BYTES / shards
        hour = max(loads[max(0, step - 12) : step + 1])
        here = Seen(shards, now, used > 0.7, used < 0.35, load, 0, hour, 0, tuple(history))
        after = decide(FOUR_TO_32, here).shards
        if after < shards:
            assert now - changes[-1][0] >= PATIENCE
        if after != shards:
            changes.append((now, after - shards))
        shards = after
        history.append((now + 300, shards))
    assert sum(1 for _, change in changes if change < 0) <= MOST_CHANGES / 2


@pytest.mark.parametrize(
    ("shards", "megabytes", "after"),
    [
        (4, 3.4, 5),  # a quarter more is enough
        (4, 4.0, 6),
        (4, 40, 8),  # never more than the double
        (6, 5.5, 8),  # quarters of six are rounded up
        (20, 40, 32),  # the most there may be
        (32, 99, 32),
    ],
)
def test_more_comes_in_the_least_quarter_that_is_enough(shards: int, megabytes: float, after: int) -> None:
    here = replace(QUIET, shards=shards, high=True, recent_bytes=megabytes * SHARD_BYTES)
    assert decide(FOUR_TO_32, here).shards == after


@pytest.mark.parametrize(("shards", "megabytes", "after"), [(32, 1, 16), (16, 7, 12), (5, 0, 4), (4, 0, 4)])
def test_fewer_comes_in_halves_or_quarters(shards: int, megabytes: float, after: int) -> None:
    here = replace(QUIET, shards=shards, low=True, hour_bytes=megabytes * SHARD_BYTES)
    assert decide(FOUR_TO_32, here).shards == after


def test_records_count_as_much_as_bytes() -> None:
    assert needed(FOUR_TO_32, 7 * SHARD_BYTES, 0) == needed(FOUR_TO_32, 0, 7 * SHARD_RECORDS) == 10


def test_an_alarm_that_rings_on_after_its_shards_came_adds_no_more() -> None:
    here = replace(QUIET, shards=8, high=True, recent_bytes=5 * SHARD_BYTES)
    assert decide(FOUR_TO_32, here).shards == 8


def test_the_environment_says_which_stream_and_a_poor_one_is_refused() -> None:
    given = {
        "STREAM_NAME": "clicks",
        "STREAM_ARN": "arn:clicks",
        "HIGH_ALARM": "high",
        "LOW_ALARM": "low",
        "MIN_SHARDS": "4",
        "MAX_SHARDS": "32",
        "TARGET_UTILIZATION": "70",
    }
    assert app.stream(given) == app.Stream("clicks", "arn:clicks", "high", "low", FOUR_TO_32)
    with pytest.raises(KeyError, match="MAX_SHARDS"):
        app.stream({name: value for name, value in given.items() if name != "MAX_SHARDS"})


# On the emulator. Its Kinesis changes shards at once and knows none of AWS's limits on changes.


class Room:
    """A stream with both alarms, in an account of its own."""

    def __init__(self, account: Account) -> None:
        self.kinesis, self.cloudwatch = account.client("kinesis"), account.client("cloudwatch")
        self.kinesis.create_stream(StreamName="clicks", ShardCount=4)
        arn = self.summary()["StreamARN"]
        self.stream = app.Stream("clicks", arn, "clicks-high", "clicks-low", FOUR_TO_32)
        for name in ("clicks-high", "clicks-low"):
            self.cloudwatch.put_metric_alarm(
                AlarmName=name,
                Namespace="AWS/Kinesis",
                MetricName="IncomingBytes",
                Statistic="Sum",
                Period=60,
                EvaluationPeriods=1,
                Threshold=1e15,
                ComparisonOperator="GreaterThanThreshold",
            )

    def summary(self) -> dict[str, Any]:
        found = self.kinesis.describe_stream_summary(StreamName="clicks")["StreamDescriptionSummary"]
        return dict(found)

    def ring(self, name: str, state: str = "ALARM") -> None:
        self.cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="the test says so")

    def measure(self, name: str, per_second: float, minutes_ago: int) -> None:
        data = {
            "MetricName": name,
            "Dimensions": [{"Name": "StreamName", "Value": "clicks"}],
            "Timestamp": time.time() - 60 * minutes_ago,
            "Value": per_second * 60,
        }
        self.cloudwatch.put_metric_data(Namespace="AWS/Kinesis", MetricData=[data])

    def tend(self) -> dict[str, Any]:
        return app.tend(self.stream, self.kinesis, self.cloudwatch, time.time())


@pytest.fixture
def room(account: Account) -> Room:
    return Room(account)


def test_while_no_alarm_rings_it_tells_how_many_shards_there_are(room: Room) -> None:
    assert room.tend() == {"shards": 4, "wanted": 4, "reason": "no alarm rings", "changed": False}
    metrics = room.cloudwatch.list_metrics(Namespace="Formwork")["Metrics"]
    assert [(metric["MetricName"], metric["Dimensions"]) for metric in metrics] == [
        ("ShardCount", [{"Name": "StreamName", "Value": "clicks"}])
    ]


def test_shards_are_added_for_what_came_in_the_last_minutes_and_not_for_what_came_before(room: Room) -> None:
    room.measure("IncomingBytes", 30 * SHARD_BYTES, minutes_ago=30)
    room.measure("IncomingRecords", 4 * SHARD_RECORDS, minutes_ago=2)
    room.ring("clicks-high")
    report = room.tend()
    assert (report["wanted"], report["changed"]) == (6, True)
    assert room.summary()["OpenShardCount"] == 6
    assert room.tend()["changed"] is False  # it rings on, but six are enough


def test_shards_are_taken_away_when_the_last_hour_needed_fewer_but_not_after_a_change(room: Room) -> None:
    room.kinesis.update_shard_count(StreamName="clicks", TargetShardCount=16, ScalingType="UNIFORM_SCALING")
    room.ring("clicks-low")
    assert room.tend()["wanted"] == 8
    assert room.summary()["OpenShardCount"] == 8
    held = app.tend(room.stream, room.kinesis, room.cloudwatch, time.time() + 600)
    assert held["changed"] is False
    assert "less than an hour old" in held["reason"]


def test_the_compiled_platform_deploys_and_its_scaler_runs(account: Account) -> None:
    assembly = compiled("streams: {clicks: {shards: 2, scaling: {min_shards: 3, max_shards: 8}}}")
    where = aws.Session(None, assembly.region, account.emulator.endpoint_url, account.account)
    *_, deployed = execute.run(plan.make(assembly, aws.connect(where)))
    assert isinstance(deployed, Deployed)
    outputs = {name: value for stack in deployed.outputs.values() for name, value in stack.items()}
    client = account.client
    answer = client("lambda", assembly.region).invoke(FunctionName=outputs["ClicksScaler"])
    report = json.loads(answer["Payload"].read())
    assert report == {"shards": 2, "wanted": 3, "reason": "fewer than the 3 there must be", "changed": True}
    kinesis = client("kinesis", assembly.region)
    found = kinesis.describe_stream_summary(StreamName=outputs["ClicksName"])["StreamDescriptionSummary"]
    assert found["OpenShardCount"] == 3


# Refusals that the emulator does not know: hand-made answers, checked against botocore's model.


@pytest.mark.parametrize("code", ["LimitExceededException", "ResourceInUseException"])
def test_a_refusal_that_passes_is_told_and_tried_again_by_the_clock(room: Room, code: str) -> None:
    room.ring("clicks-high")
    room.measure("IncomingBytes", 4 * SHARD_BYTES, minutes_ago=1)
    with refusing(code) as kinesis:
        report = app.tend(room.stream, kinesis, room.cloudwatch, time.time())
    assert (report["changed"], report["refused"]) == (False, code)
    assert room.tend()["changed"] is True


def test_any_other_refusal_is_an_error(room: Room) -> None:
    room.ring("clicks-high")
    room.measure("IncomingBytes", 4 * SHARD_BYTES, minutes_ago=1)
    with refusing("AccessDeniedException") as kinesis, pytest.raises(ClientError, match="AccessDenied"):
        app.tend(room.stream, kinesis, room.cloudwatch, time.time())


def test_a_stream_that_changes_already_is_left_alone_and_not_counted(room: Room) -> None:
    kinesis = local("kinesis")
    with Stubber(kinesis) as stub:
        stub.add_response("describe_stream_summary", summary("UPDATING", 6))
        report = app.tend(room.stream, kinesis, room.cloudwatch, time.time())
    assert report == {"shards": 6, "status": "UPDATING", "changed": False}
    assert room.cloudwatch.list_metrics(Namespace="Formwork")["Metrics"] == []


@contextmanager
def refusing(code: str) -> Iterator[Any]:
    """A Kinesis that sees the room's stream and refuses to change it."""
    kinesis = local("kinesis")
    with Stubber(kinesis) as stub:
        stub.add_response("describe_stream_summary", summary("ACTIVE", 4))
        stub.add_client_error("update_shard_count", code)
        yield kinesis


def local(service: str) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def summary(status: str, shards: int) -> dict[str, Any]:
    return {
        "StreamDescriptionSummary": {
            "StreamName": "clicks",
            "StreamARN": "arn:aws:kinesis:us-east-1:111111111111:stream/clicks",
            "StreamStatus": status,
            "RetentionPeriodHours": 24,
            "StreamCreationTimestamp": math.floor(NOW),
            "EnhancedMonitoring": [],
            "OpenShardCount": shards,
        }
    }
