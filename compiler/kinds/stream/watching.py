"""The alarms of a stream: consumers that fall behind, and shards that have no room left."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.alarm import Alarm, Metric
from compiler.kinds.stream.load import SHARD_MIB_IN, SHARD_RECORDS_IN

FULL = 70  # percent of what the shards take


def alarms(lag: int, shards: int | None, consumed: bool) -> Iterable[Alarm]:
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
    if shards:
        yield _full("bytes", "IncomingBytes", shards * SHARD_MIB_IN * 2**20)
        yield _full("records", "IncomingRecords", shards * SHARD_RECORDS_IN)


def _full(what: str, metric: str, most: int) -> Alarm:
    return Alarm(
        f"many-{what}",
        f"The {what} that come in take more than {FULL} % of the shards; add some before writes are refused.",
        FULL,
        metrics={"taken": _metric(metric)},
        expression=f"100 * taken / (PERIOD(taken) * {most})",
        datapoints=10,
        periods=15,
    )


def _metric(name: str, statistic: str = "Sum") -> Metric:
    return Metric("AWS/Kinesis", name, {"StreamName": "name"}, statistic)
