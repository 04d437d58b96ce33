"""What an alarm calls, and a clock every minute: look at the stream, and change its shards where it must be.

Both do the same, whatever the event says: an alarm calls once, when it begins to ring, and what it asked for
may not be possible then, or not be enough.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from . import NAMESPACE, SHARD_COUNT
from .decide import DAY, Decision, Limits, Seen, decide

HOUR, RECENT, MINUTE, COARSE = 3600, 300, 60, 300  # seconds
# Not an error: another change is still on its way, or the day has had its ten.
NOT_NOW = ("LimitExceededException", "ResourceInUseException")

_log = logging.getLogger(__name__)
# Shared by the calls that one environment of the function serves.
_clients: Any = None


@dataclass(frozen=True)
class Stream:
    """The stream, its two alarms and its limits."""

    name: str
    arn: str
    high_alarm: str
    low_alarm: str
    limits: Limits


def handler(event: object, context: object) -> dict[str, Any]:
    """What was seen and done; whatever it raises, the alarm on this function's errors tells."""
    global _clients
    logging.getLogger().setLevel(logging.INFO)
    _clients = _clients or (boto3.client("kinesis"), boto3.client("cloudwatch"))
    kinesis, cloudwatch = _clients
    return tend(stream(os.environ), kinesis, cloudwatch, time.time())


def stream(environment: Mapping[str, str]) -> Stream:
    """The stream that the environment describes; KeyError or ValueError when it describes none."""
    limits = Limits(
        least=int(environment["MIN_SHARDS"]),
        most=int(environment["MAX_SHARDS"]),
        utilization=float(environment["TARGET_UTILIZATION"]) / 100,
    )
    alarms = environment["HIGH_ALARM"], environment["LOW_ALARM"]
    return Stream(environment["STREAM_NAME"], environment["STREAM_ARN"], *alarms, limits)


def tend(stream: Stream, kinesis: Any, cloudwatch: Any, now: float) -> dict[str, Any]:
    """Tells CloudWatch how many shards there are, and changes them where the alarms or the limits ask."""
    summary = kinesis.describe_stream_summary(StreamARN=stream.arn)["StreamDescriptionSummary"]
    shards = summary["OpenShardCount"]
    if summary["StreamStatus"] != "ACTIVE":
        # On its way, shards are split and merged: the number in between would look like changes.
        return {"shards": shards, "status": summary["StreamStatus"], "changed": False}
    _publish(stream, cloudwatch, shards, now)
    decision = decide(stream.limits, _see(stream, cloudwatch, shards, now))
    report = {"shards": shards, "wanted": decision.shards, "reason": decision.reason, "changed": False}
    if decision.shards != shards:
        report |= _change(stream, kinesis, decision)
        _log.info(json.dumps({"stream": stream.name, **report}))
    return report


def _change(stream: Stream, kinesis: Any, decision: Decision) -> dict[str, Any]:
    try:
        kinesis.update_shard_count(
            StreamARN=stream.arn, TargetShardCount=decision.shards, ScalingType="UNIFORM_SCALING"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] not in NOT_NOW:
            raise
        return {"refused": error.response["Error"]["Code"]}
    return {"changed": True}


def _publish(stream: Stream, cloudwatch: Any, shards: int, now: float) -> None:
    data = {
        "MetricName": SHARD_COUNT,
        "Dimensions": _dimensions(stream),
        "Timestamp": now,
        "Value": shards,
        "Unit": "Count",
    }
    cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=[data])


def _see(stream: Stream, cloudwatch: Any, shards: int, now: float) -> Seen:
    ringing = _ringing(stream, cloudwatch)
    last_hour = _measured(stream, cloudwatch, now, HOUR, IncomingBytes=MINUTE, IncomingRecords=MINUTE)
    history = _measured(stream, cloudwatch, now, DAY, ShardCount=COARSE)[SHARD_COUNT]
    recent = {
        name: [value for at, value in points if at >= now - RECENT] for name, points in last_hour.items()
    }
    hour = {name: [value for _, value in points] for name, points in last_hour.items()}
    return Seen(
        shards=shards,
        now=now,
        high=stream.high_alarm in ringing,
        low=stream.low_alarm in ringing,
        recent_bytes=max(recent["IncomingBytes"], default=0) / MINUTE,
        recent_records=max(recent["IncomingRecords"], default=0) / MINUTE,
        hour_bytes=max(hour["IncomingBytes"], default=0) / MINUTE,
        hour_records=max(hour["IncomingRecords"], default=0) / MINUTE,
        history=[(at, round(value)) for at, value in history],
    )


def _ringing(stream: Stream, cloudwatch: Any) -> set[str]:
    names = [stream.high_alarm, stream.low_alarm]
    found = cloudwatch.describe_alarms(AlarmNames=names, AlarmTypes=["MetricAlarm"])["MetricAlarms"]
    return {alarm["AlarmName"] for alarm in found if alarm["StateValue"] == "ALARM"}


def _measured(
    stream: Stream, cloudwatch: Any, now: float, span: int, **periods: int
) -> dict[str, list[tuple[float, float]]]:
    """By metric: when which value was measured, oldest first. One page: a day has 288 points."""
    queries = [_query(stream, name, period) for name, period in periods.items()]
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=queries, StartTime=now - span, EndTime=now, ScanBy="TimestampAscending"
    )
    by_id = {result["Id"]: result for result in answer["MetricDataResults"]}
    return {name: _points(by_id[query["Id"]]) for name, query in zip(periods, queries, strict=True)}


def _query(stream: Stream, name: str, period: int) -> dict[str, Any]:
    ours = name == SHARD_COUNT
    metric = {
        "Namespace": NAMESPACE if ours else "AWS/Kinesis",
        "MetricName": name,
        "Dimensions": _dimensions(stream),
    }
    statistic = "Maximum" if ours else "Sum"
    return {"Id": name.lower(), "MetricStat": {"Metric": metric, "Period": period, "Stat": statistic}}


def _points(result: Mapping[str, Any]) -> list[tuple[float, float]]:
    points = zip(result["Timestamps"], result["Values"], strict=True)
    return sorted((at.timestamp(), value) for at, value in points)


def _dimensions(stream: Stream) -> list[dict[str, str]]:
    return [{"Name": "StreamName", "Value": stream.name}]
