"""The alarms of a table: requests that are refused, that fail, and capacity that runs out."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.alarm import Alarm, Metric
from compiler.kinds.table.spec import Table, capacities

FULL = 80  # percent of the most that the table may scale to
# The operations that the verbs allow; the metric has no total. Ten is what one alarm takes.
# Source: DynamoDB developer guide, "DynamoDB Metrics and dimensions"; CloudWatch user guide, "Metric math".
OPERATIONS = (
    "BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem",
    "Query", "Scan", "TransactGetItems", "TransactWriteItems", "UpdateItem",
)  # fmt: skip


def alarms(spec: Table) -> Iterable[Alarm]:
    """Those of every table, those of each index, and those of provisioned capacity.

    No alarm on `UserErrors`: CloudWatch counts them for the whole account, not for a table.
    """
    yield from _throttles()
    for index in sorted(spec.indexes):
        yield _throttled_index(index)
    yield Alarm(
        "system-errors",
        "DynamoDB itself fails to answer requests.",
        0,
        metrics={f"m{number}": _of_operation(name) for number, name in enumerate(OPERATIONS)},
        expression="SUM(FILL(METRICS(), 0))",
        datapoints=2,
        periods=3,
        severity="critical",
    )
    for index, capacity in capacities(spec).items():
        for way, units in (("Read", capacity.read), ("Write", capacity.write)):
            yield _full(index, way, units.max)


def _throttles() -> Iterable[Alarm]:
    yield Alarm(
        "throttled-reads",
        "Reads are refused: the capacity is used up, or one key is too hot.",
        0,
        _metric("ReadThrottleEvents"),
    )
    yield Alarm(
        "throttled-writes",
        "Writes are refused: the capacity is used up, or one key is too hot.",
        0,
        _metric("WriteThrottleEvents"),
        severity="critical",
    )


def _throttled_index(index: str) -> Alarm:
    return Alarm(
        f"throttled-index-{index}",
        f"The index {index} refuses requests; when it refuses writes, so does the table.",
        0,
        metrics={
            "reads": _metric("ReadThrottleEvents", index),
            "writes": _metric("WriteThrottleEvents", index),
        },
        expression="FILL(reads, 0) + FILL(writes, 0)",
    )


def _full(index: str, way: str, most: int) -> Alarm:
    of_index = f"-of-{index}" if index else ""
    where = f"The index {index}" if index else "The table"
    return Alarm(
        f"many-{way.lower()}s{of_index}",
        f"{where} uses more than {FULL} % of the {most} {way.lower()} units that it may scale to.",
        FULL,
        metrics={"used": _metric(f"Consumed{way}CapacityUnits", index)},
        expression=f"100 * used / (PERIOD(used) * {most})",
        datapoints=10,
        periods=15,
    )


def _of_operation(operation: str) -> Metric:
    return Metric("AWS/DynamoDB", "SystemErrors", {"TableName": "name", "Operation": f"={operation}"})


def _metric(name: str, index: str = "") -> Metric:
    of_index = {"GlobalSecondaryIndexName": f"={index}"} if index else {}
    return Metric("AWS/DynamoDB", name, {"TableName": "name", **of_index})
