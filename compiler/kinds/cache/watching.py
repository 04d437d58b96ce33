"""The default alarms of a cache."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from compiler.alarm import Alarm, Metric
from compiler.kinds.cache.engine import is_small

NAMESPACE = "AWS/ElastiCache"
# In one alarm. Source: CloudWatch user guide, "CloudWatch service quotas", 2026.
MOST_METRICS = 10
# Percent. Source: ElastiCache user guide, "Which metrics should I monitor?": 90 divided by the processors.
BUSY_ENGINE, BUSY_SMALL_NODE = 90, 45
MUCH_MEMORY, ALL_MEMORY = 80, 90
MANY_CONNECTIONS = 1000  # a minute
SLOW_READ = 5000  # microseconds


def node_alarms(nodes: Sequence[str], replicated: bool, node_type: str) -> Iterable[Alarm]:
    """Those of a cache of nodes, by the attributes with their ids.

    Each watches all of them, or as many as one alarm can, so that its name does not depend on how many.
    """
    small = is_small(node_type)
    yield from _any_node(
        nodes,
        "high-cpu",
        "A node is short of processors; take larger nodes, or read from more of them.",
        BUSY_SMALL_NODE if small else BUSY_ENGINE,
        ("CPUUtilization" if small else "EngineCPUUtilization", "Maximum", 60),
    )
    memory = ("DatabaseMemoryUsagePercentage", "Maximum", 60)
    yield from _any_node(
        nodes, "high-memory", "A node has used 80% of the memory for its data.", MUCH_MEMORY, memory
    )
    yield from _any_node(
        nodes,
        "full-memory",
        "A node has used 90% of the memory for its data, and will soon evict or refuse.",
        ALL_MEMORY,
        memory,
        severity="critical",
    )
    yield from _any_node(
        nodes, "evictions", "Keys are evicted to make room for others.", 100, ("Evictions", "Sum", 300)
    )
    yield from _any_node(
        nodes,
        "authentication-failures",
        "Somebody fails to log in.",
        0,
        ("AuthenticationFailures", "Sum", 60),
    )
    yield from _any_node(
        nodes,
        "new-connections",
        "Clients connect more than a thousand times a minute instead of keeping their connections.",
        MANY_CONNECTIONS,
        ("NewConnections", "Sum", 60),
    )
    yield from _any_node(
        nodes,
        "slow-reads",
        "One read in a hundred takes more than 5 milliseconds.",
        SLOW_READ,
        ("SuccessfulReadRequestLatency", "p99", 60),
    )
    if replicated:
        yield from _any_node(
            nodes,
            "replication-lag",
            "A replica is more than a second behind the primary.",
            1,
            ("ReplicationLag", "Maximum", 60),
        )


def serverless_alarms(most_bytes: int) -> Iterable[Alarm]:
    """Those of a serverless cache that may hold so many bytes."""
    yield Alarm(
        "throttled",
        "Commands are refused: the load grew faster than the cache, or above its limit.",
        0,
        _serverless("ThrottledCmds", "Sum"),
        datapoints=2,
        periods=3,
        severity="critical",
    )
    yield Alarm(
        "high-memory",
        "The cache holds 80% of the data that its limit allows.",
        most_bytes * MUCH_MEMORY // 100,
        _serverless("BytesUsedForCache", "Maximum"),
        datapoints=2,
        periods=3,
    )


def _any_node(
    nodes: Sequence[str],
    name: str,
    summary: str,
    threshold: float,
    watched: tuple[str, str, int],
    **more: Any,
) -> Iterable[Alarm]:
    metric, statistic, period = watched
    metrics = [Metric(NAMESPACE, metric, {"CacheClusterId": node}, statistic, period) for node in nodes]
    if len(metrics) == 1:
        yield Alarm(name, summary, threshold, metrics[0], **more)
        return
    for first in range(0, len(metrics), MOST_METRICS):
        named = {
            f"node{number}": found for number, found in enumerate(metrics[first : first + MOST_METRICS], 1)
        }
        part = f"-{first // MOST_METRICS + 1}" if first else ""
        yield Alarm(name + part, summary, threshold, metrics=named, expression="MAX(METRICS())", **more)


def _serverless(name: str, statistic: str) -> Metric:
    # Not CacheClusterId, as nodes have it. Source: ElastiCache user guide, "Metrics for serverless caches".
    return Metric(NAMESPACE, name, {"clusterId": "id"}, statistic)
