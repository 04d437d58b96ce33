"""Buckets: closed to the public, over TLS only, encrypted, with their requests on record where that is asked.

CloudFormation names them: names are unique in the world, and a name of ours would block a replacement.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awacs import s3 as act
from awacs.aws import Statement
from troposphere import GetAtt, Join, Ref, s3

from compiler import names
from compiler.blocks import iam
from compiler.model import Path, Platform
from compiler.object_lock import ObjectLock
from compiler.scope import Scope
from compiler.units import seconds

# The kinds whose property `access_logs` says that they have a bucket of which requests are recorded.
RECORDED = ("bucket", "load_balancer")
DAY = 86400


def add_bucket(
    scope: Scope,
    part: str,
    rule: s3.LifecycleRule,
    *,
    key: Any = None,
    versioning: bool = True,
    lock: ObjectLock | None = None,
    recorded: bool = True,
    announced: bool = False,
    statements: Sequence[Statement] = (),
    path: Path = (),
    **properties: Any,
) -> s3.Bucket:
    """Adds a bucket with its policy.

    Without a `key` S3 encrypts with its own. `recorded` is whether the bucket's requests are on record where
    those of the platform are, `announced` whether EventBridge hears of its objects; `statements` come before
    the one that refuses whoever comes without TLS; `properties` are further ones of the bucket.
    """
    title = scope.id(part)
    # Versioning is left out, not "Suspended", when off: for a bucket that had it on, that is the same.
    versioned = {"VersioningConfiguration": s3.VersioningConfiguration(Status="Enabled")}
    made = scope.add(
        s3.Bucket(
            title,
            BucketEncryption=s3.BucketEncryption(ServerSideEncryptionConfiguration=[_encryption(key)]),
            LifecycleConfiguration=s3.LifecycleConfiguration(Rules=[rule]),
            OwnershipControls=s3.OwnershipControls(
                Rules=[s3.OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]
            ),
            PublicAccessBlockConfiguration=s3.PublicAccessBlockConfiguration(
                BlockPublicAcls=True,
                BlockPublicPolicy=True,
                IgnorePublicAcls=True,
                RestrictPublicBuckets=True,
            ),
            **(versioned if versioning or lock else {}),
            **(_locked(lock) if lock else {}),
            **(_announcing() if announced else {}),
            **(_logging(scope) if recorded and requests_recorded(scope.platform) else {}),
            **properties,
        ),
        path=path,
    )
    whole = [GetAtt(title, "Arn"), Join("", [GetAtt(title, "Arn"), "/*"])]
    document = iam.document([*statements, iam.tls_only([act.Action("*")], *whole)])
    scope.add(s3.BucketPolicy(f"{title}Policy", Bucket=Ref(title), PolicyDocument=document), path=path)
    return made


def requests_recorded(platform: Platform) -> bool:
    """Whether the platform records requests to buckets, and has buckets of which to record them."""
    logs = platform.components["logs"].spec
    if not getattr(logs, "access_logs", False):
        return False
    return getattr(logs, "archive", None) is not None or any(
        component.kind in RECORDED and not component.adopted and getattr(component.spec, "access_logs", False)
        for component in platform.components.values()
    )


def _logging(scope: Scope) -> dict[str, Any]:
    """S3 writes to a bucket of its own encryption only, so all share one of the foundation.

    Source: S3 user guide, "Enabling Amazon S3 server access logging", 2026.
    """
    bucket, title = scope.value("logs", "access_log_bucket"), names.logical_id("logs", "AccessLogs")
    configuration = s3.LoggingConfiguration(
        DestinationBucketName=bucket,
        LogFilePrefix=f"{scope.component.name}/",
        TargetObjectKeyFormat=s3.TargetObjectKeyFormat(
            PartitionedPrefix=s3.PartitionedPrefix(PartitionDateSource="EventTime")
        ),
    )
    # In the same stack the policy that lets S3 write comes first.
    policy = {"DependsOn": f"{title}Policy"} if bucket.data == {"Ref": title} else {}
    return {"LoggingConfiguration": configuration, **policy}


def _announcing() -> dict[str, Any]:
    """Through EventBridge: notifications of S3's own would have to name the later stack's functions here."""
    sent = s3.EventBridgeConfiguration(EventBridgeEnabled=True)
    return {"NotificationConfiguration": s3.NotificationConfiguration(EventBridgeConfiguration=sent)}


def _encryption(key: Any) -> s3.ServerSideEncryptionRule:
    """With a key of ours, one call to KMS serves many objects."""
    if key is None:
        own = s3.ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
        return s3.ServerSideEncryptionRule(ServerSideEncryptionByDefault=own)
    ours = s3.ServerSideEncryptionByDefault(SSEAlgorithm="aws:kms", KMSMasterKeyID=key)
    return s3.ServerSideEncryptionRule(ServerSideEncryptionByDefault=ours, BucketKeyEnabled=True)


def _locked(lock: ObjectLock) -> dict[str, Any]:
    retention = s3.DefaultRetention(Mode=lock.mode.upper(), Days=seconds(lock.retention) // DAY)
    configuration = s3.ObjectLockConfiguration(
        ObjectLockEnabled="Enabled", Rule=s3.ObjectLockRule(DefaultRetention=retention)
    )
    return {"ObjectLockEnabled": True, "ObjectLockConfiguration": configuration}
