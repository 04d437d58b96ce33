"""How the shards of a stream follow what comes in: what users may write, and what cannot be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from compiler.alarm import Alarm, Metric
from compiler.kind import Problem, Record, about
from compiler.kinds.stream.load import MOST_SHARDS, SHARD_MIB_IN, SHARD_RECORDS_IN, Load, needed
from compiler.shipped.scaler import NAMESPACE, SHARD_COUNT
from compiler.units import PERCENT, percent

# The metric that the scaler keeps: CloudWatch does not know how many shards a stream has.
SHARDS = Metric(NAMESPACE, SHARD_COUNT, {"StreamName": "name"}, "Maximum")
MINUTE, LONG = 60, 300  # seconds
# Below this part of the target, half of the shards would do as well.
LITTLE = 0.5


class StreamScaling(Record, kw_only=True):
    """Between which numbers of shards the stream scales, and how full they are meant to be."""

    min_shards: Annotated[int, about("The least shards.", examples=[4], ge=1, le=MOST_SHARDS)] = 1
    max_shards: Annotated[int, about("The most shards.", examples=[32], ge=2, le=MOST_SHARDS)]
    target_utilization: Annotated[
        str,
        about(
            "How much of what the shards take in is to be used, of bytes or of records, whichever is more.",
            examples=["70%"],
            minimum="10%",
            maximum="90%",
            **PERCENT,
        ),
    ] = "70%"


def first(scaling: StreamScaling, written: int | None, load: Load | None) -> int:
    """With how many shards the stream begins; from then on their number is the scaler's."""
    if written:
        return written
    return min(max(needed(load) if load else 1, scaling.min_shards), scaling.max_shards)


def scaling_problems(scaling: StreamScaling) -> Iterable[Problem]:
    """Limits that leave nothing to scale.

    Shards written beside it may be outside: they are what the stream began with, perhaps long ago.
    """
    least, most = scaling.min_shards, scaling.max_shards
    if least >= most:
        message = (
            f"'min_shards: {least}' leaves nothing to scale up to 'max_shards: {most}'; raise 'max_shards'"
        )
        yield Problem(("scaling", "min_shards"), "E210", message)


def scaling_alarms(scaling: StreamScaling) -> tuple[Alarm, Alarm]:
    """The alarm that asks for more shards, and the one that asks for fewer."""
    target = percent(scaling.target_utilization)
    more = Alarm(
        "too-few-shards",
        f"More than {target:g} % of the shards are used; the scaler adds some.",
        target,
        metrics=_metrics(MINUTE),
        expression=used(MINUTE),
        missing="ignore",
    )
    fewer = Alarm(
        "too-many-shards",
        f"For an hour less than {target * LITTLE:g} % of the shards are used; the scaler takes some away.",
        target * LITTLE,
        metrics=_metrics(LONG),
        expression=used(LONG),
        comparison="<",
        datapoints=12,
        periods=12,
        missing="ignore",
    )
    return more, fewer


def used(period: int) -> str:
    """The expression of how many percent of the shards are used: of bytes or records, whichever is more.

    A stream into which nothing comes has no metrics, and a scaler that misses a minute leaves a gap.
    """
    bytes_in, records_in = SHARD_MIB_IN * 2**20 * period, SHARD_RECORDS_IN * period
    fullest = f"MAX([FILL(bytes, 0) / {bytes_in}, FILL(records, 0) / {records_in}])"
    return f"100 * {fullest} / FILL(shards, REPEAT)"


def _metrics(period: int) -> dict[str, Metric]:
    def incoming(name: str) -> Metric:
        return Metric("AWS/Kinesis", name, {"StreamName": "name"}, "Sum", period)

    shards = Metric(SHARDS.namespace, SHARDS.name, SHARDS.dimensions, SHARDS.statistic, period)
    return {"bytes": incoming("IncomingBytes"), "records": incoming("IncomingRecords"), "shards": shards}
