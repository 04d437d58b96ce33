"""Database -> a global database, with a second cluster that Aurora's storage keeps up to date."""

from __future__ import annotations

from collections.abc import Mapping

from troposphere import GetAtt, Ref, rds

from compiler import names
from compiler.blocks import reach
from compiler.kinds.database.build import SUPPORT, add_cluster
from compiler.kinds.database.instances import add_standby
from compiler.kinds.database.spec import Database
from compiler.model import Component, Platform
from compiler.protection import Outlook, is_replicated, is_warm
from compiler.scope import Attribute, Scope

SOURCE = "Aurora user guide, 'Using switchover or failover in an Aurora global database', 2026"


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The global database, the cluster in the second region, and where that is read when it runs."""
    if not is_replicated(component, platform):
        return {}
    cluster = names.recovery_id(component.name, "Cluster")
    found = {
        "global_identifier": Attribute(Ref(names.logical_id(component.name, "GlobalCluster")), shown=True),
        "recovery_identifier": Attribute(Ref(cluster), layer="recovery-data", shown=True),
    }
    if is_warm(platform):
        endpoint = GetAtt(cluster, "ReadEndpoint.Address")
        found["recovery_reader_endpoint"] = Attribute(endpoint, layer="recovery-data", shown=True)
    return found


def build(component: Component, scope: Scope) -> None:
    """Adds the global database here, and there a cluster; with an instance only if it is to be warm.

    Storage follows without any instance, which costs nothing but the storage; whoever takes over adds one.
    """
    spec = component.spec
    assert isinstance(spec, Database)
    if not is_replicated(component, scope.platform):
        return
    _global_cluster(spec, scope)
    there = scope.at("recovery-data")
    cluster = add_cluster(
        spec,
        there,
        reach.closed_group(there, "database", there.value("network", "recovery_vpc_id")),
        there.value("network", "recovery_isolated_subnet_ids"),
        GlobalClusterIdentifier=there.value(component.name, "global_identifier"),
    )
    if is_warm(scope.platform):
        add_standby(spec, there, cluster)


def outlook(component: Component, platform: Platform) -> Outlook | None:
    """Aurora's storage is about a second behind; taking over needs an instance."""
    if not is_replicated(component, platform):
        return None
    if is_warm(platform):
        return Outlook("about a second", "minutes: fail over", "Aurora global database", SOURCE)
    made = "about 20 minutes: add an instance, which takes 5 to 10, then fail over"
    return Outlook("about a second", made, "Aurora global database without an instance", SOURCE)


def _global_cluster(spec: Database, scope: Scope) -> None:
    scope.add(
        rds.GlobalCluster(
            scope.id("GlobalCluster"),
            # The second cluster joins it by this name.
            GlobalClusterIdentifier=scope.physical(limit=63),
            SourceDBClusterIdentifier=GetAtt(scope.id("Cluster"), "DBClusterArn"),
            DeletionProtection=spec.deletion_protection,
            EngineLifecycleSupport=SUPPORT,
            DependsOn=[scope.id("Writer")],
        )
    )
