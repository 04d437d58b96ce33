"""The archive of logs: a bucket, the delivery stream that fills it, and who may write to that."""

from __future__ import annotations

from typing import Any

from awacs import firehose as fire
from awacs import kms
from awacs import logs as act
from awacs import s3 as acts3
from awacs.aws import Condition, Statement, StringEquals
from troposphere import GetAtt, Join, Ref, Sub, firehose, s3
from troposphere import logs as cwl

from compiler.blocks import buckets, iam, logs
from compiler.kinds.logs import LogArchive, lock
from compiler.scope import Scope
from compiler.units import seconds

PATH = ("archive",)
DAY = 86400
MOVES = {"STANDARD_IA": 30, "GLACIER_IR": 90}  # days after which log events become cheaper to keep
# Source: Firehose developer guide, "Grant Firehose access to an Amazon S3 destination", 2026.
BUCKET = (acts3.GetBucketLocation, acts3.ListBucket, acts3.ListBucketMultipartUploads)
OBJECTS = (acts3.AbortMultipartUpload, acts3.GetObject, acts3.PutObject)


def add_archive(archive: LogArchive, scope: Scope) -> None:
    """Adds the bucket, the delivery stream, and the role with which CloudWatch Logs writes to it."""
    key = scope.key("logs") or scope.key("data")
    bucket = buckets.add_bucket(scope, "Archive", _rule(archive), key=key, lock=lock(archive), path=PATH)
    group = logs.log_group(scope, "ArchiveErrors", archived=False)  # its own failures would go in a circle
    lines = scope.add(cwl.LogStream(scope.id("ArchiveErrorsStream"), LogGroupName=Ref(group)), path=PATH)
    role = _delivery_role(scope, bucket, group, key)
    stream = scope.add(
        firehose.DeliveryStream(
            scope.id("ArchiveStream"),
            DeliveryStreamType="DirectPut",
            DeliveryStreamEncryptionConfigurationInput=_encryption(key),
            ExtendedS3DestinationConfiguration=_destination(bucket, role, group, lines),
        ),
        path=PATH,
    )
    iam.role(
        scope,
        "ArchiveRole",
        "logs.amazonaws.com",
        [iam.allow([fire.PutRecord, fire.PutRecordBatch], GetAtt(stream, "Arn"))],
        source_arn=Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*"),
        description=f"Archives the logs of {scope.platform.name} {scope.platform.environment.name}",
    )


def _rule(archive: LogArchive) -> s3.LifecycleRule:
    kept = seconds(archive.bucket_retention) // DAY
    moves = [
        s3.LifecycleRuleTransition(StorageClass=name, TransitionInDays=after)
        for name, after in MOVES.items()
        if after < kept
    ]
    return s3.LifecycleRule(
        Id="age",
        Status="Enabled",
        ExpirationInDays=kept,
        NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=30),
        AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
        **({"Transitions": moves} if moves else {}),
    )


def _encryption(key: Any) -> firehose.DeliveryStreamEncryptionConfigurationInput:
    if key is None:
        return firehose.DeliveryStreamEncryptionConfigurationInput(KeyType="AWS_OWNED_CMK")
    return firehose.DeliveryStreamEncryptionConfigurationInput(KeyType="CUSTOMER_MANAGED_CMK", KeyARN=key)


def _destination(
    bucket: Any, role: Any, group: Any, lines: Any
) -> firehose.ExtendedS3DestinationConfiguration:
    """CloudWatch Logs sends gzip, which is kept as it comes: one file of many gzip members is gzip too."""
    return firehose.ExtendedS3DestinationConfiguration(
        BucketARN=GetAtt(bucket, "Arn"),
        RoleARN=GetAtt(role, "Arn"),
        BufferingHints=firehose.BufferingHints(IntervalInSeconds=300, SizeInMBs=64),
        CompressionFormat="UNCOMPRESSED",
        FileExtension=".gz",
        Prefix="logs/!{timestamp:yyyy/MM/dd}/",
        ErrorOutputPrefix="errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/",
        CloudWatchLoggingOptions=firehose.CloudWatchLoggingOptions(
            Enabled=True, LogGroupName=Ref(group), LogStreamName=Ref(lines)
        ),
    )


def _delivery_role(scope: Scope, bucket: Any, group: Any, key: Any) -> Any:
    arn = GetAtt(bucket, "Arn")
    statements: list[Statement] = [
        iam.allow(BUCKET, arn),
        iam.allow(OBJECTS, Join("", [arn, "/*"])),
        iam.allow([act.PutLogEvents], GetAtt(group, "Arn")),
        *iam.use_key(key, [kms.Decrypt, kms.GenerateDataKey], "s3"),
    ]
    return iam.role(
        scope,
        "ArchiveDeliveryRole",
        "firehose.amazonaws.com",
        statements,
        # Source: Firehose developer guide, "Allow Firehose to assume an IAM role".
        condition=Condition(StringEquals({"sts:ExternalId": Ref("AWS::AccountId")})),
        description=f"Writes the archive of {scope.platform.name} {scope.platform.environment.name}",
    )
