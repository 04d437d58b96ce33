"""The bucket that holds a load balancer's access logs."""

from __future__ import annotations

from awacs import s3 as act
from awacs.aws import Allow, PolicyDocument, Principal, Statement
from troposphere import GetAtt, Ref, Sub, s3

from compiler.blocks import iam
from compiler.kinds.load_balancer import LoadBalancer
from compiler.scope import Scope
from compiler.units import seconds

# Accepted in every region; the older accounts per region are no longer needed.
# Source: Elastic Load Balancing user guide, "Enable access logs for your Application Load Balancer", 2026.
WRITER = "logdelivery.elasticloadbalancing.amazonaws.com"
DAY = 86400
KEPT_VERSIONS_DAYS = 30


def add_bucket(scope: Scope, spec: LoadBalancer) -> None:
    """Adds the bucket, encrypted by S3 itself: Elastic Load Balancing cannot write to one with a KMS key."""
    title = scope.id("AccessLogs")
    scope.add(
        s3.Bucket(
            title,
            BucketEncryption=s3.BucketEncryption(
                ServerSideEncryptionConfiguration=[
                    s3.ServerSideEncryptionRule(
                        ServerSideEncryptionByDefault=s3.ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
                    )
                ]
            ),
            LifecycleConfiguration=_lifecycle(spec),
            OwnershipControls=s3.OwnershipControls(
                Rules=[s3.OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]
            ),
            PublicAccessBlockConfiguration=s3.PublicAccessBlockConfiguration(
                BlockPublicAcls=True,
                BlockPublicPolicy=True,
                IgnorePublicAcls=True,
                RestrictPublicBuckets=True,
            ),
            VersioningConfiguration=s3.VersioningConfiguration(Status="Enabled"),
        ),
        path=("access_logs",),
    )
    scope.add(
        s3.BucketPolicy(f"{title}Policy", Bucket=Ref(title), PolicyDocument=_policy(title)),
        path=("access_logs",),
    )


def _lifecycle(spec: LoadBalancer) -> s3.LifecycleConfiguration:
    return s3.LifecycleConfiguration(
        Rules=[
            s3.LifecycleRule(
                Id="expire",
                Status="Enabled",
                ExpirationInDays=seconds(spec.access_log_retention) // DAY,
                NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=KEPT_VERSIONS_DAYS),
                AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
            )
        ]
    )


def _policy(title: str) -> PolicyDocument:
    """Elastic Load Balancing may write this account's logs, everybody only over TLS.

    No condition on the source, as in AWS's own example: not every call carries the keys, and without them the
    load balancer cannot be made at all. The path holds the account.
    """
    written = Sub(f"${{{title}.Arn}}/AWSLogs/${{AWS::AccountId}}/*")
    return iam.document(
        [
            Statement(
                Sid="AccessLogs",
                Effect=Allow,
                Principal=Principal("Service", WRITER),
                Action=[act.PutObject],
                Resource=[written],
            ),
            iam.tls_only([act.Action("*")], GetAtt(title, "Arn"), Sub(f"${{{title}.Arn}}/*")),
        ]
    )
