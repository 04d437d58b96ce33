"""Database -> an Aurora cluster with its instances, and what its verbs grant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awacs import rds_db as act
from troposphere import GetAtt, Ref, Sub, rds

from compiler import names
from compiler.blocks import iam, logs, reach, secrets
from compiler.blocks.gaps import ServerlessV2ScalingConfiguration
from compiler.kinds.database import migrations, password_users, proxy
from compiler.kinds.database.engine import PORT, family, major
from compiler.kinds.database.instances import add_instances, insights
from compiler.kinds.database.master import master, master_secret_arn
from compiler.kinds.database.scaled_readers import add_reader_scaling
from compiler.kinds.database.spec import Database, database_name, port
from compiler.model import Component, Connection, Platform
from compiler.scope import Attribute, Grant, Port, Scope
from compiler.units import seconds

EXPORTED_LOG = "postgresql"
# Otherwise an old version costs more and more, without a word.
SUPPORT = "open-source-rds-extended-support-disabled"
USERS = "arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser"


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """Where the database is reached, how it is called, and who its master is.

    With a proxy consumers reach that, and log in to it.
    """
    spec = component.spec
    assert isinstance(spec, Database)
    title = names.logical_id(component.name, "Cluster")
    return {
        "identifier": Attribute(Ref(title), shown=True),
        "endpoint": Attribute(GetAtt(title, "Endpoint.Address"), shown=True),
        "reader_endpoint": Attribute(GetAtt(title, "ReadEndpoint.Address"), shown=True),
        "port": Attribute(GetAtt(title, "Endpoint.Port")),
        "name": Attribute(database_name(component)),
        "arn": Attribute(GetAtt(title, "DBClusterArn")),
        "resource_id": Attribute(GetAtt(title, "DBClusterResourceId")),
        "master_secret_arn": Attribute(master_secret_arn(component, platform)),
        "security_group_id": reach.security_group_attribute(component),
        **password_users.attributes(component, platform),
        **(proxy.attributes(component) if spec.proxy else {}),
        **(migrations.attributes(component) if spec.migrations else {}),
    }


def build(component: Component, scope: Scope) -> None:
    """Adds the cluster in the isolated subnets, its instances, and what they need."""
    spec = component.spec
    assert isinstance(spec, Database)
    cluster = add_cluster(
        spec,
        scope,
        reach.security_group(scope, "database"),
        scope.value("network", "isolated_subnet_ids"),
        DatabaseName=database_name(component),
        # The way in for whoever makes the users: nothing else reaches the isolated subnets from outside.
        EnableHttpEndpoint=spec.data_api,
        **master(scope),
    )
    writer, *readers = add_instances(spec, scope, cluster)
    if spec.reader_scaling:
        add_reader_scaling(spec.reader_scaling, scope, cluster, readers)
    if spec.proxy:
        proxy.add_proxy(spec, scope, cluster, [writer, *readers])
    secret = master_secret_arn(component, scope.platform)
    password_users.add_password_users(spec, scope, secret, [writer])
    if spec.migrations:
        migrations.add_migrator(spec, scope, cluster)


def add_cluster(spec: Database, scope: Scope, group: Any, subnets: Any, **properties: Any) -> rds.DBCluster:
    """Adds the cluster and what it alone needs; what tells the first from the second is in `properties`."""
    identifier = scope.physical(limit=63)
    # RDS would make this group itself, and keep its events forever.
    log = logs.log_group(scope, "LogGroup", f"/aws/rds/cluster/{identifier}/{EXPORTED_LOG}")
    return scope.add(
        rds.DBCluster(
            scope.id("Cluster"),
            DBClusterIdentifier=identifier,
            DependsOn=[log.title],
            EnableCloudwatchLogsExports=[EXPORTED_LOG],
            DBSubnetGroupName=Ref(_subnet_group(scope, subnets)),
            DBClusterParameterGroupName=Ref(_parameter_group(spec, scope)),
            VpcSecurityGroupIds=[group],
            **_engine(spec),
            **_secured(scope),
            **_kept(spec),
            # The instances inherit the mode, and refuse one of their own.
            DatabaseInsightsMode=spec.insights,
            **insights(spec, scope, "PerformanceInsightsEnabled", "PerformanceInsightsKmsKeyId"),
            **properties,
        )
    )


def grant(connection: Connection, component: Component, scope: Scope) -> Grant:
    """Both verbs log in as the user named after the consumer; what that user may do, the database says."""
    spec = component.spec
    assert isinstance(spec, Database)
    proxied = spec.proxy and not component.adopted
    group = scope.value(component.name, f"{'proxy_' if proxied else ''}security_group_id")
    return Grant(_login(connection, component, scope, proxied), ports=(Port(group, port(component)),))


def _login(connection: Connection, component: Component, scope: Scope, proxied: bool) -> tuple[Any, ...]:
    if connection.options.get("login") == "password":
        arn = scope.value(component.name, names.own("password_arn", connection.consumer))
        return secrets.read(scope, arn)
    user = Sub(
        f"{USERS}:${{Cluster}}/{names.snake(connection.consumer)}",
        Cluster=scope.value(component.name, "login_resource_id" if proxied else "resource_id"),
    )
    return (iam.allow([act.connect], user),)


def _engine(spec: Database) -> dict[str, Any]:
    capacity = {"MinCapacity": spec.capacity.min, "MaxCapacity": spec.capacity.max}
    if spec.capacity.pause_after:
        capacity["SecondsUntilAutoPause"] = seconds(spec.capacity.pause_after)
    return {
        "Engine": spec.engine,
        "EngineVersion": spec.version,
        "EngineLifecycleSupport": SUPPORT,
        "Port": PORT,
        "ServerlessV2ScalingConfiguration": ServerlessV2ScalingConfiguration(**capacity),
        "StorageType": "aurora-iopt1" if spec.storage == "io_optimized" else "aurora",
    }


def _secured(scope: Scope) -> dict[str, Any]:
    key = scope.key("data")
    return {
        "StorageEncrypted": True,
        "EnableIAMDatabaseAuthentication": True,
        **({"KmsKeyId": key} if key is not None else {}),
    }


def _kept(spec: Database) -> dict[str, Any]:
    return {
        "BackupRetentionPeriod": int(spec.backup.retention.removesuffix("d")),
        "PreferredBackupWindow": spec.backup.window,
        "PreferredMaintenanceWindow": spec.maintenance_window,
        "CopyTagsToSnapshot": True,
        "DeletionProtection": spec.deletion_protection,
    }


def _subnet_group(scope: Scope, subnets: Any) -> rds.DBSubnetGroup:
    return scope.add(
        rds.DBSubnetGroup(
            scope.id("SubnetGroup"),
            DBSubnetGroupDescription=f"{scope.component.name}: the isolated subnets",
            SubnetIds=subnets,
        )
    )


def _parameter_group(spec: Database, scope: Scope) -> rds.DBClusterParameterGroup:
    parameters = {
        "rds.force_ssl": "1",
        "log_min_duration_statement": str(seconds(spec.slow_query) * 1000),
        "log_statement": "ddl",
    }
    # From 18 on it is a list of what to log. Source: PostgreSQL 18, release notes.
    if major(spec.version) < 18:
        parameters["log_connections"] = "1"
    return scope.add(
        rds.DBClusterParameterGroup(
            scope.id("ParameterGroup"),
            Description=f"{scope.component.name}: TLS only, slow statements logged",
            Family=family(spec.version),
            Parameters=parameters,
        )
    )
