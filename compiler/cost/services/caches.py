"""ElastiCache: nodes, serverless caches and snapshots."""

from __future__ import annotations

from compiler.cost.charge import GB, Charge, Charges, hourly, used
from compiler.cost.estimate import Range, exactly
from compiler.cost.subject import Resource
from compiler.pricing.book import HOURS

MILLION = 1e6
# The least that a serverless cache is billed for, in GB. Source: ElastiCache pricing page, 2026.
LEAST_GB = {"valkey": 0.1, "redis": 1.0}


def group(resource: Resource) -> Charges:
    """Nodes by the hour, however busy, and snapshots."""
    engine = resource.text("Engine", default="redis")
    node = resource.text("CacheNodeType").removeprefix("cache.")
    yield hourly("nodes", f"cache.{engine}.{node}", _nodes(resource))
    if resource.number("SnapshotRetentionLimit", default=0):
        yield used("snapshots", "cache.backup", resource.use("backup_stored"), "backup_stored", GB)


def serverless(resource: Resource) -> Charges:
    """What is stored, at least the engine's floor; at most the limit that is set, if one is."""
    engine = resource.text("Engine", default="redis")
    floor = LEAST_GB.get(engine, 1.0)
    limits = ("CacheUsageLimits", "DataStorage")
    least = max(floor, resource.number(*limits, "Minimum", default=0))
    stored = resource.use("stored")
    expected = least if stored is None else max(least, stored / GB)
    most = max(expected, resource.number(*limits, "Maximum", default=expected))
    amount = Range(least, expected, most) * HOURS
    yield Charge("stored data", f"cache.serverless.{engine}.data", amount, "stored")
    yield used("requests", f"cache.serverless.{engine}.ecpu", resource.use("ecpus"), "ecpus", MILLION)
    if resource.number("SnapshotRetentionLimit", default=0):
        yield used("snapshots", "cache.backup", resource.use("backup_stored"), "backup_stored", GB)


def cluster(resource: Resource) -> Charges:
    """Nodes of a cluster without replication."""
    engine, node = resource.text("Engine"), resource.text("CacheNodeType").removeprefix("cache.")
    yield hourly("nodes", f"cache.{engine}.{node}", resource.number("NumCacheNodes", default=1))


def _nodes(resource: Resource) -> Range:
    if resource.get("NumCacheClusters") is not None:
        return exactly(resource.number("NumCacheClusters"))
    replicas = resource.number("ReplicasPerNodeGroup", default=0)
    return exactly(resource.number("NumNodeGroups", default=1) * (1 + replicas))


PRICERS = {
    "AWS::ElastiCache::ReplicationGroup": group,
    "AWS::ElastiCache::ServerlessCache": serverless,
    "AWS::ElastiCache::CacheCluster": cluster,
}
