"""The bucket that holds a load balancer's access logs."""

from __future__ import annotations

from awacs import s3 as act
from awacs.aws import Allow, Principal, Statement
from troposphere import Sub, s3

from compiler.blocks import buckets
from compiler.kinds.load_balancer.spec import LoadBalancer
from compiler.scope import Scope
from compiler.units import seconds

# Accepted in every region; the older accounts per region are no longer needed.
# Source: Elastic Load Balancing user guide, "Enable access logs for your Application Load Balancer", 2026.
WRITER = "logdelivery.elasticloadbalancing.amazonaws.com"
DAY = 86400
KEPT_VERSIONS_DAYS = 30


def add_bucket(scope: Scope, spec: LoadBalancer) -> None:
    """Adds the bucket, encrypted by S3 itself: Elastic Load Balancing cannot write to one with a KMS key."""
    statements = [_writer(scope.id("AccessLogs"))]
    buckets.add_bucket(scope, "AccessLogs", _lifecycle(spec), statements=statements, path=("access_logs",))


def _lifecycle(spec: LoadBalancer) -> s3.LifecycleRule:
    return s3.LifecycleRule(
        Id="expire",
        Status="Enabled",
        ExpirationInDays=seconds(spec.access_log_retention) // DAY,
        NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=KEPT_VERSIONS_DAYS),
        AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
    )


def _writer(title: str) -> Statement:
    """Elastic Load Balancing may write this account's logs.

    No condition on the source, as in AWS's own example: not every call carries the keys, and without them the
    load balancer cannot be made at all. The path holds the account.
    """
    return Statement(
        Sid="AccessLogs",
        Effect=Allow,
        Principal=Principal("Service", WRITER),
        Action=[act.PutObject],
        Resource=[Sub(f"${{{title}.Arn}}/AWSLogs/${{AWS::AccountId}}/*")],
    )
