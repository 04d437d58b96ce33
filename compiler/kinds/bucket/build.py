"""Bucket -> AWS::S3::Bucket, closed to the public, and what its verbs grant.

CloudFormation names the bucket: names are unique in the world, and a name of ours would block a replacement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from awacs import kms
from awacs import s3 as act
from awacs.aws import Condition, PolicyDocument, Statement, StringLike
from troposphere import GetAtt, Join, Ref, s3

from compiler import names
from compiler.blocks import iam
from compiler.kinds.bucket import Bucket, BucketLifecycle, days
from compiler.model import Component, Connection, Platform
from compiler.scope import Attribute, Grant, Scope


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The bucket's name and ARN."""
    title = names.logical_id(component.name, "Bucket")
    return {"name": Attribute(Ref(title), shown=True), "arn": Attribute(GetAtt(title, "Arn"))}


def build(component: Component, scope: Scope) -> None:
    """Adds the bucket, and the policy that refuses whoever comes without TLS."""
    spec = component.spec
    assert isinstance(spec, Bucket)
    title = scope.id("Bucket")
    # Left out, not "Suspended", when off: what CloudFormation makes of a bucket that had it on is the same.
    versioning = s3.VersioningConfiguration(Status="Enabled")
    scope.add(
        s3.Bucket(
            title,
            BucketEncryption=s3.BucketEncryption(ServerSideEncryptionConfiguration=[_encryption(scope)]),
            LifecycleConfiguration=s3.LifecycleConfiguration(Rules=[_lifecycle(spec.lifecycle)]),
            OwnershipControls=s3.OwnershipControls(
                Rules=[s3.OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]
            ),
            PublicAccessBlockConfiguration=s3.PublicAccessBlockConfiguration(
                BlockPublicAcls=True,
                BlockPublicPolicy=True,
                IgnorePublicAcls=True,
                RestrictPublicBuckets=True,
            ),
            **({"VersioningConfiguration": versioning} if spec.versioning else {}),
        )
    )
    scope.add(s3.BucketPolicy(f"{title}Policy", Bucket=Ref(title), PolicyDocument=_policy(title)))


def grant(connection: Connection, component: Component, scope: Scope) -> Grant:
    """`read` lists and reads below a prefix; `write` writes there, and more only when asked to."""
    bucket, key = scope.value(component.name, "arn"), scope.key("data")
    prefix, options = connection.options["prefix"], connection.options
    objects = Join("", [bucket, f"/{prefix}*"])
    if connection.verb == "read":
        return Grant((*_reading(bucket, objects, prefix), *iam.use_key(key, [kms.Decrypt], "s3")))
    actions = [act.PutObject, act.AbortMultipartUpload, *([act.DeleteObject] if options["delete"] else ())]
    return Grant(
        (
            *(_reading(bucket, objects, prefix) if options["read"] else ()),
            iam.allow(actions, objects),
            # An upload in parts is put together again, which decrypts them.
            *iam.use_key(key, [kms.Decrypt, kms.GenerateDataKey], "s3"),
        )
    )


def _reading(bucket: Any, objects: Any, prefix: str) -> Sequence[Statement]:
    below = Condition(StringLike({"s3:prefix": f"{prefix}*"})) if prefix else None
    return iam.allow([act.ListBucket], bucket, below), iam.allow([act.GetObject], objects)


def _encryption(scope: Scope) -> s3.ServerSideEncryptionRule:
    """With a key of ours, one call to KMS serves many objects; without one S3 encrypts with its own."""
    key = scope.key("data")
    if key is None:
        own = s3.ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
        return s3.ServerSideEncryptionRule(ServerSideEncryptionByDefault=own)
    ours = s3.ServerSideEncryptionByDefault(SSEAlgorithm="aws:kms", KMSMasterKeyID=key)
    return s3.ServerSideEncryptionRule(ServerSideEncryptionByDefault=ours, BucketKeyEnabled=True)


def _lifecycle(spec: BucketLifecycle) -> s3.LifecycleRule:
    """One rule for the whole bucket."""
    optional: dict[str, Any] = {}
    if spec.transition_to_ia:
        after = days(spec.transition_to_ia)
        optional["Transitions"] = [
            s3.LifecycleRuleTransition(StorageClass="STANDARD_IA", TransitionInDays=after)
        ]
    if spec.expire:
        optional["ExpirationInDays"] = days(spec.expire)
    return s3.LifecycleRule(
        Id="age",
        Status="Enabled",
        AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(
            DaysAfterInitiation=days(spec.abort_uploads)
        ),
        NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(
            NoncurrentDays=days(spec.expire_noncurrent)
        ),
        **optional,
    )


def _policy(title: str) -> PolicyDocument:
    whole = [GetAtt(title, "Arn"), Join("", [GetAtt(title, "Arn"), "/*"])]
    return iam.document([iam.tls_only([act.Action("*")], *whole)])
