"""Serverless cache -> AWS::ElastiCache::ServerlessCache; TLS and encryption are always on there."""

from __future__ import annotations

from typing import Any

from troposphere import Ref, elasticache

from compiler.kinds.cache.engine import major
from compiler.kinds.cache.spec import Cache, snapshot_days, version
from compiler.scope import Scope
from compiler.units import BYTES, byte_count


def add_serverless(spec: Cache, scope: Scope, group: Any, users: elasticache.UserGroup) -> None:
    """Adds the cache, always with limits: without them a mistake in a client has no price limit either."""
    days, key = snapshot_days(spec), scope.key("data")
    optional = {
        "KmsKeyId": key,
        "DailySnapshotTime": spec.snapshots.window.split("-")[0] if days else None,
    }
    scope.add(
        elasticache.ServerlessCache(
            scope.id("ServerlessCache"),
            ServerlessCacheName=scope.physical(limit=40),
            Engine=spec.engine,
            MajorEngineVersion=major(version(spec)),
            CacheUsageLimits=_limits(spec),
            SecurityGroupIds=[group],
            SubnetIds=scope.value("network", "isolated_subnet_ids"),
            UserGroupId=Ref(users),
            SnapshotRetentionLimit=days,
            **{name: value for name, value in optional.items() if value is not None},
        )
    )


def _limits(spec: Cache) -> elasticache.CacheUsageLimits:
    gigabytes = byte_count(spec.limits.storage) // BYTES["GiB"]
    return elasticache.CacheUsageLimits(
        DataStorage=elasticache.DataStorage(Maximum=gigabytes, Unit="GB"),
        ECPUPerSecond=elasticache.ECPUPerSecond(Maximum=spec.limits.ecpu_per_second),
    )
