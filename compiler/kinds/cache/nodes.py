"""Cache of nodes -> AWS::ElastiCache::ReplicationGroup, with its logs and parameters."""

from __future__ import annotations

from typing import Any

from troposphere import Ref, elasticache
from troposphere.policies import UpdatePolicy

from compiler.blocks import logs
from compiler.kinds.cache.engine import PORT, family
from compiler.kinds.cache.spec import Cache, snapshot_days, version
from compiler.scope import Scope

LOGS = ("engine-log", "slow-log")


def add_nodes(spec: Cache, scope: Scope, group: Any, users: elasticache.UserGroup) -> None:
    """Adds the replication group; unnamed, so that it can be replaced."""
    name = f"{scope.platform.name} {scope.platform.environment.name}: {scope.component.name}"
    key = scope.key("data")
    scope.add(
        elasticache.ReplicationGroup(
            scope.id("ReplicationGroup"),
            ReplicationGroupDescription=name,
            Engine=spec.engine,
            EngineVersion=version(spec),
            AutoMinorVersionUpgrade=spec.minor_upgrades,
            CacheNodeType=spec.node_type,
            CacheParameterGroupName=Ref(_parameter_group(spec, scope)),
            CacheSubnetGroupName=Ref(_subnet_group(scope)),
            ClusterMode="disabled" if spec.shards is None else "enabled",
            Port=PORT,
            SecurityGroupIds=[group],
            TransitEncryptionEnabled=True,
            TransitEncryptionMode="required",
            AtRestEncryptionEnabled=True,
            UserGroupIds=[Ref(users)],
            LogDeliveryConfigurations=[_log(scope, kind) for kind in LOGS],
            PreferredMaintenanceWindow=spec.maintenance_window,
            **_replicas(spec),
            **_snapshots(spec),
            **({"KmsKeyId": key} if key is not None else {}),
        )
    )


def _replicas(spec: Cache) -> dict[str, Any]:
    """Takeover needs a replica, and a replica that could not take over would be of little use.

    Shards need it always, and without the update policy another number of them would be another cache.
    Source: CloudFormation user guide, "UpdatePolicy attribute"; ElastiCache API, "CreateReplicationGroup".
    """
    several = spec.nodes > 1
    if spec.shards is None:
        return {
            "NumCacheClusters": spec.nodes,
            "AutomaticFailoverEnabled": several,
            "MultiAZEnabled": several,
        }
    return {
        "NumNodeGroups": spec.shards,
        "ReplicasPerNodeGroup": spec.nodes - 1,
        "AutomaticFailoverEnabled": True,
        "MultiAZEnabled": several,
        "UpdatePolicy": UpdatePolicy(UseOnlineResharding=True),
    }


def _snapshots(spec: Cache) -> dict[str, Any]:
    days = snapshot_days(spec)
    window = {"SnapshotWindow": spec.snapshots.window} if days else {}
    return {"SnapshotRetentionLimit": days, **window}


def _parameter_group(spec: Cache, scope: Scope) -> Any:
    return scope.add(
        elasticache.ParameterGroup(
            scope.id("ParameterGroup"),
            CacheParameterGroupFamily=family(spec.engine, version(spec)),
            Description=f"{scope.component.name}: how memory is used",
            # What is reserved, snapshots and failovers need.
            Properties={
                "maxmemory-policy": spec.eviction,
                "reserved-memory-percent": "25",
                **({} if spec.shards is None else {"cluster-enabled": "yes"}),
            },
        )
    )


def _subnet_group(scope: Scope) -> Any:
    return scope.add(
        elasticache.SubnetGroup(
            scope.id("SubnetGroup"),
            Description=f"{scope.component.name}: the isolated subnets",
            SubnetIds=scope.value("network", "isolated_subnet_ids"),
        )
    )


def _log(scope: Scope, kind: str) -> elasticache.LogDeliveryConfigurationRequest:
    """Delivers one log in JSON."""
    part = "".join(word.capitalize() for word in kind.split("-"))
    name = f"/aws/vendedlogs/elasticache/{scope.physical(kind, limit=200)}"
    group = logs.delivered(scope, f"{part}Group", name)
    destination = elasticache.DestinationDetails(
        CloudWatchLogsDetails=elasticache.CloudWatchLogsDestinationDetails(LogGroup=Ref(group))
    )
    return elasticache.LogDeliveryConfigurationRequest(
        LogType=kind, LogFormat="json", DestinationType="cloudwatch-logs", DestinationDetails=destination
    )
