"""Which types have a name that is unique in its account and region, and how to look for it, as data.

Source: CloudFormation provider schemas of 2026-10-20 and the API reference of each service, 2026-11.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compiler.deploy.account import Read

_ALL = 10_000  # names; for calls that list everything
_RENAME = "delete it if nobody needs it, import it into the stack, or rename the component"
_ADOPT = f"{_RENAME}; `existing` on the component uses it as it is"
_LOG_GROUP = (
    "import it into the stack to keep what it holds, or: "
    "aws logs delete-log-group --log-group-name '{name}' --region {region}"
)


@dataclass(frozen=True)
class Named:
    """One type: what people call it, the property that names it, and the call that finds it."""

    type: str
    what: str
    property: str
    read: Read
    name_of: Callable[[Any, Sequence[str]], str]  # an answer, the names asked for -> the name it is about
    id_of: Callable[[Any], str]  # an answer -> the physical id in CloudFormation
    advice: str = _RENAME
    options: Callable[[Sequence[str]], Mapping[str, Any]] = lambda names: {}
    at_once: int = _ALL  # how many names one call takes


def _field(key: str) -> Callable[[Any], str]:
    return lambda item: str(item.get(key, ""))


def _listed(type_: str, what: str, property_: str, read: Read, key: str, id_: str = "", **more: Any) -> Named:
    """Where a call lists all that there are."""
    name = _field(key)
    return Named(type_, what, property_, read, lambda item, _: name(item), _field(id_ or key), **more)


def _asked(type_: str, what: str, property_: str, read: Read, option: str, id_: str, **more: Any) -> Named:
    """Where a call finds one by its name; an empty `id_` when the answer is the id."""

    def options(names: Sequence[str]) -> Mapping[str, Any]:
        return {option: names[0]}

    id_of = _field(id_) if id_ else str
    return Named(
        type_, what, property_, read, lambda _, names: names[0], id_of, options=options, at_once=1, **more
    )


def _prefixed(names: Sequence[str]) -> Mapping[str, Any]:
    return {"logGroupNamePrefix": names[0]}


def _alarms(type_: str, kind: str) -> Named:
    def options(names: Sequence[str]) -> Mapping[str, Any]:
        return {"AlarmNames": list(names), "AlarmTypes": [kind]}

    read = Read("cloudwatch", "DescribeAlarms", f"{kind}s")
    return _listed(type_, "alarm", "AlarmName", read, "AlarmName", options=options, at_once=100)


def _cluster(item: Any, _: Sequence[str]) -> str:
    # A deleted one can be seen for a while, and its name is free.
    return "" if item.get("status") == "INACTIVE" else str(item.get("clusterName", ""))


def _topic(item: Any, _: Sequence[str]) -> str:
    return str(item["TopicArn"]).rpartition(":")[2]


NAMED = (
    _listed(
        "AWS::Logs::LogGroup",
        "log group",
        "LogGroupName",
        Read("logs", "DescribeLogGroups", "logGroups"),
        "logGroupName",
        options=_prefixed,
        at_once=1,
        advice=_LOG_GROUP,
    ),
    _alarms("AWS::CloudWatch::Alarm", "MetricAlarm"),
    _alarms("AWS::CloudWatch::CompositeAlarm", "CompositeAlarm"),
    _asked(
        "AWS::CloudWatch::Dashboard",
        "dashboard",
        "DashboardName",
        Read("cloudwatch", "GetDashboard"),
        "DashboardName",
        "DashboardName",
    ),
    _asked(
        "AWS::SQS::Queue",
        "queue",
        "QueueName",
        Read("sqs", "GetQueueUrl", "QueueUrl"),
        "QueueName",
        "",
        advice=_ADOPT,
    ),
    Named(
        "AWS::SNS::Topic",
        "topic",
        "TopicName",
        Read("sns", "ListTopics", "Topics"),
        _topic,
        _field("TopicArn"),
        _ADOPT,
    ),
    _asked(
        "AWS::DynamoDB::Table",
        "table",
        "TableName",
        Read("dynamodb", "DescribeTable", "Table"),
        "TableName",
        "TableName",
        advice=_ADOPT,
    ),
    _asked(
        "AWS::Kinesis::Stream",
        "stream",
        "Name",
        Read("kinesis", "DescribeStreamSummary", "StreamDescriptionSummary"),
        "StreamName",
        "StreamName",
        advice=_ADOPT,
    ),
    Named(
        "AWS::ECS::Cluster",
        "cluster",
        "ClusterName",
        Read("ecs", "DescribeClusters", "clusters"),
        _cluster,
        _field("clusterName"),
        _ADOPT,
        lambda names: {"clusters": list(names)},
        100,
    ),
    _listed(
        "AWS::ServiceDiscovery::HttpNamespace",
        "namespace",
        "Name",
        Read("servicediscovery", "ListNamespaces", "Namespaces"),
        "Name",
        "Id",
        # Those of DNS may share a name with one of HTTP.
        options=lambda _: {"Filters": [{"Name": "TYPE", "Values": ["HTTP"]}]},
    ),
    _listed("AWS::KMS::Alias", "alias", "AliasName", Read("kms", "ListAliases", "Aliases"), "AliasName"),
    _asked(
        "AWS::Events::EventBus",
        "event bus",
        "Name",
        Read("events", "DescribeEventBus"),
        "Name",
        "Name",
        advice=_ADOPT,
    ),
    # DescribeBackupVault answers "access denied" for a vault that does not exist.
    _listed(
        "AWS::Backup::BackupVault",
        "backup vault",
        "BackupVaultName",
        Read("backup", "ListBackupVaults", "BackupVaultList"),
        "BackupVaultName",
    ),
    _listed(
        "AWS::RDS::DBCluster",
        "database cluster",
        "DBClusterIdentifier",
        Read("rds", "DescribeDBClusters", "DBClusters"),
        "DBClusterIdentifier",
        advice=_ADOPT,
    ),
    _listed(
        "AWS::RDS::GlobalCluster",
        "global database",
        "GlobalClusterIdentifier",
        Read("rds", "DescribeGlobalClusters", "GlobalClusters"),
        "GlobalClusterIdentifier",
    ),
    _listed(
        "AWS::RDS::DBProxy",
        "database proxy",
        "DBProxyName",
        Read("rds", "DescribeDBProxies", "DBProxies"),
        "DBProxyName",
    ),
    _listed(
        "AWS::ElastiCache::ReplicationGroup",
        "cache",
        "ReplicationGroupId",
        Read("elasticache", "DescribeReplicationGroups", "ReplicationGroups"),
        "ReplicationGroupId",
        advice=_ADOPT,
    ),
    _listed(
        "AWS::ElastiCache::User",
        "cache user",
        "UserId",
        Read("elasticache", "DescribeUsers", "Users"),
        "UserId",
    ),
    _listed(
        "AWS::ElastiCache::UserGroup",
        "cache user group",
        "UserGroupId",
        Read("elasticache", "DescribeUserGroups", "UserGroups"),
        "UserGroupId",
    ),
    _listed(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "load balancer",
        "Name",
        Read("elbv2", "DescribeLoadBalancers", "LoadBalancers"),
        "LoadBalancerName",
        "LoadBalancerArn",
        advice=_ADOPT,
    ),
    _listed(
        "AWS::ApiGatewayV2::DomainName",
        "API domain",
        "DomainName",
        Read("apigatewayv2", "GetDomainNames", "Items"),
        "DomainName",
    ),
    Named(
        "AWS::WAFv2::WebACL",
        "web ACL",
        "Name",
        Read("wafv2", "ListWebACLs", "WebACLs", token="NextMarker"),
        lambda item, _: str(item["Name"]),
        lambda item: f"{item['Name']}|{item['Id']}|REGIONAL",
        options=lambda _: {"Scope": "REGIONAL"},
    ),
    _listed(
        "AWS::XRay::Group",
        "X-Ray group",
        "GroupName",
        Read("xray", "GetGroups", "Groups"),
        "GroupName",
        "GroupARN",
    ),
    _asked(
        "AWS::SecretsManager::Secret",
        "secret",
        "Name",
        Read("secretsmanager", "DescribeSecret"),
        "SecretId",
        "ARN",
        advice=f"{_RENAME}; a secret that was deleted keeps its name until its recovery window ends",
    ),
    _asked(
        "AWS::Lambda::Function",
        "function",
        "FunctionName",
        Read("lambda", "GetFunctionConfiguration"),
        "FunctionName",
        "FunctionName",
        advice=_ADOPT,
    ),
    _asked("AWS::IAM::Role", "role", "RoleName", Read("iam", "GetRole", "Role"), "RoleName", "RoleName"),
)
