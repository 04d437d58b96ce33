"""The bucket in which S3 records requests to the platform's other buckets."""

from __future__ import annotations

from awacs import s3 as act
from awacs.aws import Allow, Principal, Statement
from troposphere import Sub, s3

from compiler.blocks import buckets, iam
from compiler.kinds.logs import Logs
from compiler.scope import Scope
from compiler.units import seconds

PATH = ("access_logs",)
DAY = 86400
KEPT_VERSIONS_DAYS = 30


def add_access_logs(spec: Logs, scope: Scope) -> None:
    """Adds the bucket, encrypted by S3 itself: S3 writes records to no bucket with a KMS key.

    Requests to this bucket are not on record: each record would be another request.
    """
    rule = s3.LifecycleRule(
        Id="expire",
        Status="Enabled",
        ExpirationInDays=seconds(spec.access_log_retention) // DAY,
        NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=KEPT_VERSIONS_DAYS),
        AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
    )
    writer = _writer(scope.id("AccessLogs"))
    buckets.add_bucket(scope, "AccessLogs", rule, recorded=False, statements=[writer], path=PATH)


def _writer(title: str) -> Statement:
    """S3 may write for buckets of this account; CloudFormation names those, so nothing narrows it further.

    Source: S3 user guide, "Permissions for log delivery", 2026.
    """
    return Statement(
        Sid="AccessLogs",
        Effect=Allow,
        Principal=Principal("Service", "logging.s3.amazonaws.com"),
        Action=[act.PutObject],
        Resource=[Sub(f"${{{title}.Arn}}/*")],
        Condition=iam.ours(Sub("arn:${AWS::Partition}:s3:::*")),
    )
