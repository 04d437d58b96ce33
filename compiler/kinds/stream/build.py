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
from compiler.kinds.stream.fan_out import consumer_name, fan_outs
from compiler.kinds.stream.load import SMALLEST_LIMIT
from compiler.model import Component, Connection, Platform
from compiler.registry import all_kinds
from compiler.scope import Attribute, EventSource, Grant, Scope
from compiler.units import byte_count, seconds

PRODUCE = (act.PutRecord, act.PutRecords, act.DescribeStreamSummary, act.ListShards)
CONSUME = (
    act.GetRecords,
    act.GetShardIterator,
    act.DescribeStream,
    act.DescribeStreamSummary,
    act.ListShards,
)
# Of one registered consumer. Source: Lambda developer guide, "Configure Lambda permissions" for Kinesis.
FAN_OUT = (act.DescribeStreamConsumer, act.SubscribeToShard)
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
    """The stream's name and ARN, its registered consumers' ARNs, and its scaler's name."""
    spec = component.spec
    assert isinstance(spec, Stream)
    title = names.logical_id(component.name, "Stream")
    return {
        "name": Attribute(Ref(title), shown=True),
        "arn": Attribute(GetAtt(title, "Arn")),
        **{
            names.own("consumer_arn", use.consumer): Attribute(Ref(_consumer_title(component, use)))
            for use in fan_outs(component, platform)
        },
        **(scaler.attributes(component) if spec.scaling else {}),
    }


def build(component: Component, scope: Scope) -> None:
    """Adds the stream, encrypted with AWS's own key where the platform has none, its consumers and scaler."""
    spec = component.spec
    assert isinstance(spec, Stream)
    count, record_size = shards(spec), spec.max_record_size
    # The default, written out, would be a change of every stream that exists.
    large = byte_count(record_size) > byte_count(SMALLEST_LIMIT)
    optional = {
        "ShardCount": count,
        "DesiredShardLevelMetrics": SHARD_METRICS if spec.shard_metrics else None,
        "MaxRecordSizeInKiB": byte_count(record_size) // 1024 if large else None,
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
    for use in fan_outs(component, scope.platform):
        name = consumer_name(use, scope.platform)
        arn = scope.value(component.name, "arn")
        scope.add(kinesis.StreamConsumer(_consumer_title(component, use), ConsumerName=name, StreamARN=arn))
    if spec.scaling:
        scaler.add_scaler(spec.scaling, scope)


def grant(connection: Connection, component: Component, scope: Scope) -> Grant:
    """`produce` puts records; `consume` reads them, or starts a function with them."""
    arn, key = scope.value(component.name, "arn"), scope.key("data", component)
    if connection.verb == "produce":
        return Grant((iam.allow(PRODUCE, arn), *iam.use_key(key, [kms.GenerateDataKey], "kinesis")))
    statements = (iam.allow(CONSUME, arn), *iam.use_key(key, [kms.Decrypt], "kinesis"))
    if connection.options["enhanced_fan_out"]:
        arn = scope.value(component.name, names.own("consumer_arn", connection.consumer))
        statements = (*statements, iam.allow(FAN_OUT, arn))
    if "stream" in all_kinds()[scope.component.kind].accepts:
        return Grant(statements, trigger=EventSource(arn, polling.shards(connection.options)))
    return Grant((*statements, *_leases(scope.physical(limit=255))))


def _consumer_title(component: Component, use: Connection) -> str:
    return names.logical_id(component.name, f"{names.pascal(use.consumer)}Consumer")


def _leases(application: str) -> tuple[Statement, ...]:
    """What the Kinesis Client Library needs beside the stream: its own tables and its own metrics.

    Source: Kinesis developer guide, "IAM permissions required for KCL consumer applications".
    """
    arn = f"arn:${{AWS::Partition}}:dynamodb:${{AWS::Region}}:${{AWS::AccountId}}:table/{application}"
    tables = [Sub(f"{arn}{suffix}") for suffix in LEASE_TABLES]
    own_metrics = Condition(StringEquals({"cloudwatch:namespace": application}))
    return (iam.allow(LEASE, tables), iam.allow([cloudwatch.PutMetricData], "*", own_metrics))
