"""The default alarms of a database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from compiler.alarm import Alarm, Metric
from compiler.kinds.database.engine import max_connections

BUSY = 85  # percent
LITTLE_MEMORY = 256 * 1024**2  # bytes
MANY_CONNECTIONS = 80  # percent
LONG_LAG = 1000  # milliseconds
SLOW_COMMIT = 100  # milliseconds


def alarms(least: float, most: float, readers: int) -> Iterable[Alarm]:
    """Those of a cluster that scales from `least` to `most` ACU. A paused one has no metrics: all is well."""
    # The busiest instance counts: an idle reader must not hide a writer that has no more to give.
    yield _alarm(
        "high-cpu",
        "The database is short of processors.",
        BUSY,
        "CPUUtilization",
        (5, 5),
        statistic="Maximum",
    )
    yield _alarm(
        "high-capacity",
        "The database comes close to the most capacity it may have.",
        BUSY,
        "ACUUtilization",
        (5, 5),
        statistic="Maximum",
    )
    yield _alarm(
        "capacity-at-max",
        f"The database has all of its {most:g} ACU; raise the capacity's `max`.",
        most,
        "ServerlessDatabaseCapacity",
        (10, 15),
        statistic="Maximum",
        comparison=">=",
    )
    yield _alarm(
        "low-memory",
        "An instance has less than 256 MiB of memory to spare, even at its most capacity.",
        LITTLE_MEMORY,
        "FreeableMemory",
        (10, 15),
        statistic="Minimum",
        comparison="<",
    )
    yield _connections(max_connections(least, most))
    yield _alarm("deadlocks", "Transactions wait for each other.", 0, "Deadlocks", (3, 5), statistic="Sum")
    yield _alarm(
        "slow-commits",
        "One commit in a hundred takes more than a tenth of a second.",
        SLOW_COMMIT,
        "CommitLatency",
        (3, 5),
        statistic="p99",
    )
    if readers:
        yield _alarm(
            "replica-lag",
            "A reader is more than a second behind the writer.",
            LONG_LAG,
            "AuroraReplicaLagMaximum",
            (3, 5),
            statistic="Maximum",
        )


def _connections(most: int) -> Alarm:
    return _alarm(
        "connections",
        f"More than {MANY_CONNECTIONS}% of the {most} connections that an instance takes are in use.",
        most * MANY_CONNECTIONS // 100,
        "DatabaseConnections",
        (10, 15),
        statistic="Maximum",
        severity="critical",
    )


def _alarm(
    name: str,
    summary: str,
    threshold: float,
    metric: str,
    breaching: tuple[int, int],
    statistic: str = "Average",
    **more: Any,
) -> Alarm:
    """One that rings when so many datapoints of so many breach."""
    watched = Metric("AWS/RDS", metric, {"DBClusterIdentifier": "identifier"}, statistic)
    datapoints, periods = breaching
    return Alarm(name, summary, threshold, watched, datapoints=datapoints, periods=periods, **more)
