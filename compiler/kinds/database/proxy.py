"""Database with `proxy` -> an RDS proxy between it and its consumers, with IAM from end to end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from awacs import rds_db as act
from troposphere import GetAtt, Ref, Select, Split, Sub, rds

from compiler import names
from compiler.blocks import iam, logs, reach
from compiler.kinds.database import passwords
from compiler.kinds.database.engine import PORT
from compiler.kinds.database.proxy_share import MOST_CONNECTIONS
from compiler.kinds.database.spec import Database
from compiler.model import Component, Platform
from compiler.scope import Attribute, Scope

PART, PATH = "Proxy", ("proxy",)
LOG_GROUP = "/aws/rds/proxy/"
ID_IN_ARN = 6  # arn:...:db-proxy:prx-...


def attributes(component: Component) -> Mapping[str, Attribute]:
    """What consumers use instead of the cluster's own: both endpoints, the resource id and the group."""
    spec = component.spec
    assert isinstance(spec, Database)
    title = names.logical_id(component.name, PART)
    endpoint = GetAtt(title, "Endpoint")
    reader = GetAtt(_reader_title(component), "Endpoint") if spec.readers else endpoint
    return {
        "endpoint": Attribute(endpoint, shown=True),
        "reader_endpoint": Attribute(reader, shown=True),
        "login_resource_id": Attribute(Select(ID_IN_ARN, Split(":", GetAtt(title, "DBProxyArn")))),
        "proxy_security_group_id": reach.security_group_attribute(component, PART),
    }


def add_proxy(spec: Database, scope: Scope, cluster: rds.DBCluster, instances: Sequence[str]) -> None:
    """Adds the proxy with its role, log group and way to the database; `instances` are their logical ids."""
    own = reach.security_group(scope, "proxy", PART)
    database = scope.value(scope.component.name, "security_group_id")
    doors = reach.admit(scope, database, PART.lower(), own, PORT)
    name = scope.physical(limit=63)
    # RDS would make this group itself, and keep its events forever.
    group = logs.log_group(scope, f"{PART}LogGroup", f"{LOG_GROUP}{name}")
    where = {
        "VpcSubnetIds": scope.value("network", "isolated_subnet_ids"),
        "VpcSecurityGroupIds": [own],
    }
    proxy = scope.add(
        rds.DBProxy(
            scope.id(PART),
            DependsOn=[group.title],
            DBProxyName=name,
            EngineFamily="POSTGRESQL",
            DefaultAuthScheme="IAM_AUTH",
            RequireTLS=True,
            RoleArn=GetAtt(_role(scope, cluster), "Arn"),
            **where,
        ),
        path=PATH,
    )
    target = scope.add(
        rds.DBProxyTargetGroup(
            scope.id(f"{PART}Targets"),
            # A cluster without instances is no target.
            DependsOn=[*instances, *doors],
            DBProxyName=Ref(proxy),
            TargetGroupName="default",
            DBClusterIdentifiers=[Ref(cluster)],
            ConnectionPoolConfigurationInfo=rds.ConnectionPoolConfigurationInfoFormat(
                MaxConnectionsPercent=MOST_CONNECTIONS
            ),
        ),
        path=PATH,
    )
    if spec.readers:
        scope.add(
            rds.DBProxyEndpoint(
                _reader_title(scope.component),
                DependsOn=[target.title],
                DBProxyEndpointName=scope.physical("readers", limit=63),
                DBProxyName=Ref(proxy),
                TargetRole="READ_ONLY",
                **where,
            ),
            path=PATH,
        )


def _reader_title(component: Component) -> str:
    return names.logical_id(component.name, f"{PART}Readers")


def _role(scope: Scope, cluster: rds.DBCluster) -> Any:
    """The proxy logs in to the database as the consumer that logs in to the proxy, and as nobody else."""
    users = "arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Cluster}"
    arns = [
        Sub(f"{users}/{user}", Cluster=GetAtt(cluster, "DBClusterResourceId"))
        for user in sorted(_users(scope.component, scope.platform))
    ]
    return iam.role(
        scope,
        f"{PART}Role",
        "rds.amazonaws.com",
        [iam.allow([act.connect], arns)] if arns else [],
        description=f"As whom the proxy of {scope.component.name} may log in",
    )


def _users(component: Component, platform: Platform) -> Iterable[str]:
    by_password = {use.consumer for use in passwords.users(component, platform)}
    consumers = {use.consumer for use in platform.users_of(component.name)}
    return {names.snake(consumer) for consumer in consumers - by_password}
