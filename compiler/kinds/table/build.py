"""Table -> AWS::DynamoDB::Table, and what its verbs grant.

CloudFormation names the table: a name of ours would block a replacement.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awacs import dynamodb as act
from awacs import kms
from awacs.aws import Action
from troposphere import GetAtt, Join, Ref, dynamodb

from compiler import names
from compiler.blocks import iam, polling
from compiler.kinds.table.checks import keys
from compiler.kinds.table.scaling import add_scaling
from compiler.kinds.table.spec import Table, TableCapacity, TableIndex, capacities
from compiler.model import Component, Connection, Platform
from compiler.scope import Attribute, EventSource, Grant, Scope
from compiler.units import seconds

READ: tuple[Action, ...] = (act.BatchGetItem, act.DescribeTable, act.GetItem, act.Query)
WRITE: tuple[Action, ...] = (
    act.BatchWriteItem,
    act.ConditionCheckItem,
    act.DeleteItem,
    act.PutItem,
    act.UpdateItem,
)
CONSUME = (act.DescribeStream, act.GetRecords, act.GetShardIterator)
TYPES = {"string": "S", "number": "N", "binary": "B"}
CLASSES = {"standard": "STANDARD", "infrequent_access": "STANDARD_INFREQUENT_ACCESS"}
INSIGHTS = {"throttled_keys": "THROTTLED_KEYS", "all_keys": "ACCESSED_AND_THROTTLED_KEYS"}
DAY = 86400


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The table's name and ARN, and the ARN of its stream where it has one."""
    spec = component.spec
    assert isinstance(spec, Table)
    title = names.logical_id(component.name, "Table")
    offered = {"name": Attribute(Ref(title), shown=True), "arn": Attribute(GetAtt(title, "Arn"))}
    if spec.stream:
        offered["stream_arn"] = Attribute(GetAtt(title, "StreamArn"))
    return offered


def build(component: Component, scope: Scope) -> None:
    """Adds the table, and what scales it where it has capacity of its own."""
    spec = component.spec
    assert isinstance(spec, Table)
    provisioned = capacities(spec)
    scope.add(
        dynamodb.Table(
            scope.id("Table"),
            AttributeDefinitions=_definitions(spec),
            KeySchema=_key_schema(spec),
            BillingMode="PROVISIONED" if provisioned else "PAY_PER_REQUEST",
            DeletionProtectionEnabled=spec.deletion_protection,
            PointInTimeRecoverySpecification=_recovery(spec),
            TableClass=CLASSES[spec.table_class],
            **_insights(spec),
            **_throughput(provisioned.get("")),
            **_optional(spec, scope, provisioned),
        )
    )
    add_scaling(scope, provisioned)


def _definitions(spec: Table) -> list[dynamodb.AttributeDefinition]:
    """The attributes of all keys, each once."""
    types = {key.name: TYPES[key.type] for _, key in keys(spec)}
    return [
        dynamodb.AttributeDefinition(AttributeName=name, AttributeType=type_)
        for name, type_ in sorted(types.items())
    ]


def _key_schema(keyed: Table | TableIndex) -> list[dynamodb.KeySchema]:
    roles = {"HASH": keyed.partition_key, "RANGE": keyed.sort_key}
    return [dynamodb.KeySchema(AttributeName=key.name, KeyType=role) for role, key in roles.items() if key]


def _recovery(spec: Table) -> dynamodb.PointInTimeRecoverySpecification:
    days = seconds(spec.recovery) // DAY
    period = {"RecoveryPeriodInDays": days} if days else {}
    return dynamodb.PointInTimeRecoverySpecification(PointInTimeRecoveryEnabled=bool(days), **period)


def _insights(spec: Table) -> dict[str, Any]:
    mode = INSIGHTS.get(spec.contributor_insights)
    extra = {"Mode": mode} if mode else {}
    found = dynamodb.ContributorInsightsSpecification(Enabled=bool(mode), **extra)
    return {"ContributorInsightsSpecification": found}


def _throughput(capacity: TableCapacity | None) -> dict[str, Any]:
    """What the table starts with; from there it scales, and an update of the rest leaves it as it is."""
    if capacity is None:
        return {}
    start = dynamodb.ProvisionedThroughput(
        ReadCapacityUnits=capacity.read.min, WriteCapacityUnits=capacity.write.min
    )
    return {"ProvisionedThroughput": start}


def _optional(spec: Table, scope: Scope, provisioned: Mapping[str, TableCapacity]) -> dict[str, Any]:
    key = scope.key("data")
    found = {
        "GlobalSecondaryIndexes": [
            _index(name, index, spec, provisioned.get(name)) for name, index in sorted(spec.indexes.items())
        ],
        "SSESpecification": key
        and dynamodb.SSESpecification(SSEEnabled=True, SSEType="KMS", KMSMasterKeyId=key),
        "StreamSpecification": spec.stream
        and dynamodb.StreamSpecification(StreamViewType=spec.stream.upper()),
        "TimeToLiveSpecification": spec.ttl
        and dynamodb.TimeToLiveSpecification(AttributeName=spec.ttl, Enabled=True),
    }
    return {name: value for name, value in found.items() if value}


def _index(
    name: str, index: TableIndex, spec: Table, capacity: TableCapacity | None
) -> dynamodb.GlobalSecondaryIndex:
    return dynamodb.GlobalSecondaryIndex(
        IndexName=name,
        KeySchema=_key_schema(index),
        Projection=_projection(index),
        **_insights(spec),
        **_throughput(capacity),
    )


def _projection(index: TableIndex) -> dynamodb.Projection:
    if isinstance(index.projection, list):
        return dynamodb.Projection(ProjectionType="INCLUDE", NonKeyAttributes=sorted(index.projection))
    return dynamodb.Projection(ProjectionType={"all": "ALL", "keys": "KEYS_ONLY"}[index.projection])


def grant(connection: Connection, component: Component, scope: Scope) -> Grant:
    """`read` and `write` use items, by key or index; `consume` starts a function with the changes."""
    spec, key = component.spec, scope.key("data", component)
    assert isinstance(spec, Table)
    if connection.verb == "consume":
        return _consume(connection, component, scope)
    arn = scope.value(component.name, "arn")
    # Of a table that exists already nobody here knows the indexes.
    indexed = bool(spec.indexes) or component.adopted
    resources = [arn, *([Join("", [arn, "/index/*"])] if indexed else [])]
    writes = connection.verb == "write"
    actions = [*READ, *(WRITE if writes else ()), *([act.Scan] if connection.options["scan"] else ())]
    uses = [kms.Decrypt, *([kms.GenerateDataKey] if writes else ())]
    return Grant((iam.allow(actions, resources), *iam.use_key(key, uses, "dynamodb")))


def _consume(connection: Connection, component: Component, scope: Scope) -> Grant:
    """What Lambda needs to poll. Source: AWS SAM policy template DynamoDBStreamReadPolicy, 2026."""
    stream = scope.value(component.name, "stream_arn")
    any_stream = Join("", [scope.value(component.name, "arn"), "/stream/*"])
    statements = (
        iam.allow(CONSUME, stream),
        iam.allow([act.ListStreams], any_stream),
        *iam.use_key(scope.key("data", component), [kms.Decrypt], "dynamodb"),
    )
    return Grant(statements, trigger=EventSource(stream, polling.shards(connection.options)))
