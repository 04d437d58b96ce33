"""The alarms of a stream: consumers that fall behind, and shards that have no room left."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.alarm import Alarm, Metric
from compiler.kinds.stream.load import SHARD_MIB_IN, SHARD_RECORDS_IN
from compiler.kinds.stream.scaling import SHARDS, StreamScaling
from compiler.units import percent

FULL = 70  # percent of what the shards take


def alarms(lag: int, shards: int | None, consumed: bool, scaling: StreamScaling | None) -> Iterable[Alarm]:
    """Those of a stream with `lag` seconds of patience; `shards` is None when AWS counts them."""
    yield Alarm(
        "consumer-lag",
        f"Consumers are more than {lag}s behind the stream, or read it no more.",
        lag * 1000,  # the metric counts milliseconds
        _metric("GetRecords.IteratorAgeMilliseconds", "Maximum"),
        severity="critical",
        # Whoever polls gives the metric, even of an empty stream: silence means that nobody does.
        missing="breaching" if consumed else "notBreaching",
    )
    yield Alarm(
        "throttled-writes",
        "Producers are refused: the stream has too few shards, or one key is too hot.",
        0,
        _metric("WriteProvisionedThroughputExceeded"),
        severity="critical",
    )
    yield Alarm(
        "throttled-reads",
        "Consumers are refused: too many share the stream's read throughput.",
        10,
        _metric("ReadProvisionedThroughputExceeded"),
    )
    if scaling:
        yield from _of_scaling(scaling)
    elif shards:
        advice = "add some before writes are refused"
        yield _full("bytes", f"{shards * SHARD_MIB_IN * 2**20}", FULL, advice)
        yield _full("records", f"{shards * SHARD_RECORDS_IN}", FULL, advice)


def _of_scaling(scaling: StreamScaling) -> Iterable[Alarm]:
    # Midway between what the scaler aims at and what the shards take: it should have answered long before.
    limit = (percent(scaling.target_utilization) + 100) / 2
    advice = "the scaler does not keep up, or may add no more; see `max_shards`"
    for what, each in (("bytes", SHARD_MIB_IN * 2**20), ("records", SHARD_RECORDS_IN)):
        yield _full(what, f"{each} * FILL(shards, REPEAT)", limit, advice, shards=SHARDS)
    yield Alarm(
        "scaler-errors",
        "The scaler fails, so the number of shards stays as it is.",
        0,
        Metric("AWS/Lambda", "Errors", {"FunctionName": "scaler"}),
    )


def _full(what: str, most: str, limit: float, advice: str, **counted: Metric) -> Alarm:
    """More than `limit` percent of `most`, an expression of what all shards take in a second."""
    return Alarm(
        f"many-{what}",
        f"The {what} that come in take more than {limit:g} % of the shards; {advice}.",
        limit,
        metrics={"taken": _metric(f"Incoming{what.capitalize()}"), **counted},
        expression=f"100 * taken / (PERIOD(taken) * {most})",
        datapoints=10,
        periods=15,
    )


def _metric(name: str, statistic: str = "Sum") -> Metric:
    return Metric("AWS/Kinesis", name, {"StreamName": "name"}, statistic)
