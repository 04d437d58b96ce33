"""Database -> the instances of its cluster: one that writes, and the readers."""

from __future__ import annotations

from typing import Any

from awacs import logs as act
from troposphere import GetAtt, Ref, Sub, rds

from compiler.blocks import iam
from compiler.kinds.database.spec import Database
from compiler.scope import Scope

# Days for which each mode keeps its data. Source: RDS API reference, "DatabaseInsightsMode", 2026.
KEPT = {"standard": 7, "advanced": 465}
LOG_GROUPS = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:RDSOSMetrics"


def add_instances(spec: Database, scope: Scope, cluster: rds.DBCluster) -> list[str]:
    """Adds the writer, then the readers: the first instance of a cluster is the one that writes.

    Returns their logical ids in this order.

    A reader's tier says who takes over. In tiers 0 and 1 it is as large as the writer, so the first one can
    at any time; the others follow their own load.
    """
    shared = _shared(spec, scope) | {"DBClusterIdentifier": Ref(cluster)}
    writer = scope.add(rds.DBInstance(scope.id("Writer"), PromotionTier=0, **shared))
    readers = [scope.id(f"Reader{number}") for number in range(1, spec.readers + 1)]
    for number, reader in enumerate(readers, 1):
        scope.add(
            rds.DBInstance(reader, DependsOn=[writer.title], PromotionTier=number, **shared),
            path=("readers",),
        )
    return [writer.title, *readers]


def add_standby(spec: Database, scope: Scope, cluster: rds.DBCluster) -> None:
    """Adds the one instance of a cluster that follows another: it serves reads until it takes over."""
    shared = _shared(spec, scope) | {"DBClusterIdentifier": Ref(cluster)}
    scope.add(rds.DBInstance(scope.id("Standby"), PromotionTier=0, **shared))


def insights(spec: Database, scope: Scope, enabled: str, key_id: str) -> dict[str, Any]:
    """Performance Insights, in the words that the cluster or the instance has for it; both must agree."""
    key = scope.key("data")
    return {
        "PerformanceInsightsRetentionPeriod": KEPT[spec.insights],
        enabled: True,
        **({key_id: key} if key is not None else {}),
    }


def _shared(spec: Database, scope: Scope) -> dict[str, Any]:
    return {
        "Engine": spec.engine,
        "DBInstanceClass": "db.serverless",
        "PubliclyAccessible": False,
        "AutoMinorVersionUpgrade": spec.minor_upgrades,
        "PreferredMaintenanceWindow": spec.maintenance_window,
        **insights(spec, scope, "EnablePerformanceInsights", "PerformanceInsightsKMSKeyId"),
        **_os_metrics(spec, scope),
    }


def _os_metrics(spec: Database, scope: Scope) -> dict[str, Any]:
    if spec.os_metrics == "never":
        return {}
    return {
        "MonitoringInterval": int(spec.os_metrics.removesuffix("s")),
        "MonitoringRoleArn": GetAtt(_monitoring_role(scope), "Arn"),
    }


def _monitoring_role(scope: Scope) -> Any:
    """What AWS's own AmazonRDSEnhancedMonitoringRole allows, for this account and region only."""
    statements = [
        iam.allow([act.CreateLogGroup, act.PutRetentionPolicy], Sub(f"{LOG_GROUPS}*")),
        iam.allow(
            [act.CreateLogStream, act.DescribeLogStreams, act.GetLogEvents, act.PutLogEvents],
            Sub(f"{LOG_GROUPS}*:log-stream:*"),
        ),
    ]
    return iam.role(
        scope,
        "MonitoringRole",
        "monitoring.rds.amazonaws.com",
        statements,
        source_arn=Sub("arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:db:*"),
        description=f"Lets RDS write the operating system metrics of {scope.component.name}",
    )
