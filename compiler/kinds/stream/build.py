"""Stream -> AWS::Kinesis::Stream, and what its verbs grant."""

from __future__ import annotations

from collections.abc import Mapping

from awacs import cloudwatch, dynamodb, kms
from awacs import kinesis as act
from awacs.aws import Condition, Statement, StringEquals
from troposphere import GetAtt, Ref, Sub, kinesis

from compiler import names
from compiler.blocks import iam, polling
from compiler.kinds.stream import Stream, scaler, shards
from compiler.model import Component, Connection, Platform
from compiler.registry import all_kinds
from compiler.scope import Attribute, EventSource, Grant, Scope
from compiler.units import seconds

PRODUCE = (act.PutRecord, act.PutRecords, act.DescribeStreamSummary, act.ListShards)
CONSUME = (
    act.GetRecords,
    act.GetShardIterator,
    act.DescribeStream,
    act.DescribeStreamSummary,
    act.ListShards,
)
LEASE = (
    dynamodb.CreateTable,
    dynamodb.DescribeTable,
    dynamodb.UpdateTable,
    dynamodb.GetItem,
    dynamodb.PutItem,
    dynamodb.UpdateItem,
    dynamodb.DeleteItem,
    dynamodb.Query,
    dynamodb.Scan,
)
# What the KCL calls its tables after the application, and the index on the first.
LEASE_TABLES = ("", "/index/*", "-WorkerMetricStats", "-CoordinatorState")
# `ALL` reads back as these seven, which would be drift for ever.
SHARD_METRICS = [
    "IncomingBytes",
    "IncomingRecords",
    "IteratorAgeMilliseconds",
    "OutgoingBytes",
    "OutgoingRecords",
    "ReadProvisionedThroughputExceeded",
    "WriteProvisionedThroughputExceeded",
]


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The stream's name and ARN; its scaler's name where it has one."""
    spec = component.spec
    assert isinstance(spec, Stream)
    title = names.logical_id(component.name, "Stream")
    return {
        "name": Attribute(Ref(title), shown=True),
        "arn": Attribute(GetAtt(title, "Arn")),
        **(scaler.attributes(component) if spec.scaling else {}),
    }


def build(component: Component, scope: Scope) -> None:
    """Adds the stream, encrypted with AWS's own key where the platform has none, and its scaler."""
    spec = component.spec
    assert isinstance(spec, Stream)
    count = shards(spec)
    optional = {
        "ShardCount": count,
        "DesiredShardLevelMetrics": SHARD_METRICS if spec.shard_metrics else None,
    }
    scope.add(
        kinesis.Stream(
            scope.id("Stream"),
            RetentionPeriodHours=int(seconds(spec.retention)) // 3600,
            StreamModeDetails=kinesis.StreamModeDetails(StreamMode=spec.mode.upper()),
            StreamEncryption=kinesis.StreamEncryption(
                EncryptionType="KMS", KeyId=scope.key("data") or "alias/aws/kinesis"
            ),
            **{key: value for key, value in optional.items() if value is not None},
        )
    )
    if spec.scaling:
        scaler.add_scaler(spec.scaling, scope)


def grant(connection: Connection, component: Component, scope: Scope) -> Grant:
    """`produce` puts records; `consume` reads them, or starts a function with them."""
    arn, key = scope.value(component.name, "arn"), scope.key("data")
    if connection.verb == "produce":
        return Grant((iam.allow(PRODUCE, arn), *iam.use_key(key, [kms.GenerateDataKey], "kinesis")))
    statements = (iam.allow(CONSUME, arn), *iam.use_key(key, [kms.Decrypt], "kinesis"))
    if "stream" in all_kinds()[scope.component.kind].accepts:
        return Grant(statements, trigger=EventSource(arn, polling.shards(connection.options)))
    return Grant((*statements, *_leases(scope.physical(limit=255))))


def _leases(application: str) -> tuple[Statement, ...]:
    """What the Kinesis Client Library needs beside the stream: its own tables and its own metrics.

    Source: Kinesis developer guide, "IAM permissions required for KCL consumer applications".
    """
    arn = f"arn:${{AWS::Partition}}:dynamodb:${{AWS::Region}}:${{AWS::AccountId}}:table/{application}"
    tables = [Sub(f"{arn}{suffix}") for suffix in LEASE_TABLES]
    own_metrics = Condition(StringEquals({"cloudwatch:namespace": application}))
    return (iam.allow(LEASE, tables), iam.allow([cloudwatch.PutMetricData], "*", own_metrics))
