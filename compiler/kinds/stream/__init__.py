"""Kinesis data streams."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from compiler.alarm import Alarm
from compiler.kind import ComponentSpec, Kind, Problem, Record, Verb, about
from compiler.kinds.stream.existing import ExistingStream
from compiler.kinds.stream.fan_out import fan_out_alarms, fan_out_problems, polling, registered_by_others
from compiler.kinds.stream.load import MOST_SHARDS, SMALLEST_LIMIT, Load, load_problems, needed, size_problems
from compiler.kinds.stream.scaling import StreamScaling, first, scaling_problems
from compiler.kinds.stream.use import StreamUsage, monthly
from compiler.kinds.stream.watching import alarms
from compiler.model import Component, Platform
from compiler.units import DURATION, SIZE, not_whole, seconds


class Stream(ComponentSpec):
    """A Kinesis data stream."""

    existing: Annotated[
        ExistingStream | None,
        about("The stream to use instead of making one.", examples=[{"name": "telemetry"}]),
    ] = None
    mode: Annotated[
        Literal["provisioned", "on_demand"],
        about("Whether shards are counted here or by AWS.", examples=["provisioned"]),
    ] = "provisioned"
    load: Annotated[
        Load | None,
        about(
            "What the stream must carry; gives the number of shards.",
            examples=[{"devices": 10000, "messages_per_second": 0.2, "message_size": "512B"}],
        ),
    ] = None
    shards: (
        Annotated[
            int,
            about(
                "The number of shards, when it is not computed from `load`; beside a `load`, enough for it. "
                "Beside `scaling`, with how many the stream begins.",
                examples=[4],
                ge=1,
                le=MOST_SHARDS,
            ),
        ]
        | None
    ) = None
    scaling: Annotated[
        StreamScaling | None,
        about(
            "Lets the number of shards follow what comes in; see docs/streams.md.",
            examples=[{"min_shards": 4, "max_shards": 32, "target_utilization": "70%"}],
        ),
    ] = None
    retention: Annotated[
        str,
        about(
            "How long records can be read again, in whole hours.",
            examples=["24h"],
            profiles={"production": "7d"},
            minimum="24h",
            maximum="365d",
            **DURATION,
        ),
    ] = "24h"
    max_record_size: Annotated[
        str,
        about(
            "How large a record may be, in whole KiB.",
            examples=["2MiB"],
            minimum="1MiB",
            maximum="10MiB",
            **SIZE,
        ),
    ] = SMALLEST_LIMIT
    shard_metrics: Annotated[
        bool,
        about(
            "Whether every shard has metrics of its own, to find hot keys; each is billed.",
            examples=[True],
            profiles={"production": True},
        ),
    ] = False
    latency_objective: Annotated[
        str,
        about(
            "How far consumers may fall behind before the alarm rings.",
            examples=["2s"],
            minimum="1s",
            maximum="24h",
            **DURATION,
        ),
    ] = "2s"
    outage_objective: Annotated[
        str,
        about(
            "How long consumers may be away without a record being lost; `retention` must be as long.",
            examples=["3d"],
            minimum="1h",
            maximum="365d",
            **DURATION,
        ),
    ] = "24h"
    usage: Annotated[
        StreamUsage | None,
        about(
            "What comes in in a month, where that is not the `load`, for the estimate of costs.",
            examples=[{"records": 5000000000, "record_size": "512B"}],
        ),
    ] = None


def shards(spec: Stream) -> int | None:
    """The number of shards, or None when AWS counts them: those written, or what the load needs.

    A stream that scales has so many to begin with.
    """
    if spec.mode == "on_demand":
        return None
    if spec.scaling:
        return first(spec.scaling, spec.shards, spec.load)
    return spec.shards or (needed(spec.load) if spec.load else 1)


def most_shards(spec: Stream) -> int | None:
    """The number of shards at most: that of a stream that scales, else as in `shards`."""
    if spec.mode == "on_demand":
        return None
    return spec.scaling.max_shards if spec.scaling else shards(spec)


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, Stream)
    if message := not_whole(spec.retention, "h"):
        yield Problem(("retention",), "E105", message)
    yield from size_problems(spec.max_record_size)
    if spec.mode == "provisioned":
        if spec.scaling:
            yield from scaling_problems(spec.scaling)
        if spec.load:
            yield from load_problems(spec.load)
    yield from fan_out_problems(component, platform)


def _alarms(component: Component, platform: Platform) -> Iterable[Alarm]:
    spec = component.spec
    assert isinstance(spec, Stream)
    polled = bool(polling(component, platform))
    lag = seconds(spec.latency_objective)
    yield from alarms(lag, shards(spec), polled, spec.scaling)
    yield from fan_out_alarms(component, platform, lag)


class ConsumeOptions(Record):
    """How a consumer takes records from the stream; the first two are for functions."""

    batch_size: Annotated[int, about("The most records in one call.", examples=[100], ge=1, le=10000)] = 100
    parallelization: Annotated[
        int, about("Concurrent batches for each shard.", examples=[1], ge=1, le=10)
    ] = 1
    enhanced_fan_out: Annotated[
        bool,
        about(
            "Whether the consumer has read throughput of its own, 2 MiB a second for each shard, and gets "
            "records within some 70 ms; billed for each shard and by what is read.",
            examples=[True],
        ),
    ] = False


CALLS = ("dynamodb", "kinesis-streams", "monitoring")
WHERE = {"STREAM_NAME": "name", "STREAM_ARN": "arn", "APPLICATION": "consumer:physical"}


KIND = Kind(
    name="stream",
    section="streams",
    spec=Stream,
    layer="data",
    lost="Kinesis keeps records in their region only; have producers send again what was not read yet",
    summary="Kinesis data streams, by name.",
    verbs={
        "produce": Verb(
            "put records into the stream",
            environment={"STREAM_NAME": "name", "STREAM_ARN": "arn"},
            calls=("kinesis-streams",),
        ),
        "consume": Verb(
            "read the stream; a function is called with batches of records, a service polls it with the KCL",
            # The KCL's own default is enhanced fan-out, which costs more and has another metric for its lag.
            environment={**WHERE, "RETRIEVAL_MODE": "=POLLING"},
            options=ConsumeOptions,
            calls=CALLS,
            starts="stream",
            variants={
                ("enhanced_fan_out", True): Verb(
                    "read the stream with throughput of its own, registered as `CONSUMER_ARN`",
                    environment={**WHERE, "RETRIEVAL_MODE": "=FANOUT", "CONSUMER_ARN": "own:consumer_arn"},
                    calls=CALLS,
                )
            },
        ),
    },
    check=_check,
    check_adopted=registered_by_others,
    alarms=_alarms,
    usage=lambda spec: monthly(spec.load, spec.usage),
    path="starts",
    availability=lambda component, platform: ("kinesis",),
)
