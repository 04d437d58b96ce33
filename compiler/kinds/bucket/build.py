"""Bucket -> AWS::S3::Bucket, closed to the public, and what its verbs grant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from awacs import kms
from awacs import s3 as act
from awacs.aws import Condition, Statement, StringLike
from troposphere import GetAtt, Join, Ref, s3

from compiler import names
from compiler.blocks import buckets, events, iam
from compiler.kinds.bucket import Bucket, BucketLifecycle, days, transitions
from compiler.kinds.bucket.replication import replication
from compiler.model import Component, Connection, Platform
from compiler.scope import Attribute, EventRule, Grant, Scope

# What S3 calls it. Source: S3 user guide, "EventBridge event message structure", 2026.
HAPPENED = {"on_create": "Object Created", "on_delete": "Object Deleted"}

CLASSES = {
    "transition_to_ia": "STANDARD_IA",
    "transition_to_glacier_ir": "GLACIER_IR",
    "transition_to_archive": "GLACIER",
    "transition_to_deep_archive": "DEEP_ARCHIVE",
}


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The bucket's name and ARN."""
    title = names.logical_id(component.name, "Bucket")
    return {"name": Attribute(Ref(title), shown=True), "arn": Attribute(GetAtt(title, "Arn"))}


def build(component: Component, scope: Scope) -> None:
    """Adds the bucket, and the policy that refuses whoever comes without TLS."""
    spec = component.spec
    assert isinstance(spec, Bucket)
    add_bucket(
        spec,
        scope,
        recorded=spec.access_logs,
        announced=_listened_to(component, scope.platform),
        **replication(scope),
    )


def add_bucket(spec: Bucket, scope: Scope, *, recorded: bool, **differences: Any) -> None:
    """Adds a bucket; `differences` are what its twin does not have."""
    buckets.add_bucket(
        scope,
        "Bucket",
        _rule(spec.lifecycle),
        key=scope.key("data"),
        versioning=spec.versioning,
        lock=spec.object_lock,
        recorded=recorded,
        **differences,
    )


def grant(connection: Connection, component: Component, scope: Scope) -> Grant:
    """`read` lists and reads below a prefix; `write` writes there; `on_create` and `on_delete` start."""
    bucket, key = scope.value(component.name, "arn"), scope.key("data", component)
    prefix, options = connection.options["prefix"], connection.options
    objects = Join("", [bucket, f"/{prefix}*{options.get('suffix', '')}"])
    reading = (*_reading(bucket, objects, prefix), *iam.use_key(key, [kms.Decrypt], "s3"))
    if connection.verb == "read":
        return Grant(reading)
    if connection.verb in HAPPENED:
        rule = EventRule(_pattern(connection, scope.value(component.name, "name")), events.rules_on())
        return Grant(reading if options.get("read") else (), trigger=rule)
    actions = [act.PutObject, act.AbortMultipartUpload, *([act.DeleteObject] if options["delete"] else ())]
    return Grant(
        (
            *(_reading(bucket, objects, prefix) if options["read"] else ()),
            iam.allow(actions, objects),
            # An upload in parts is put together again, which decrypts them.
            *iam.use_key(key, [kms.Decrypt, kms.GenerateDataKey], "s3"),
        )
    )


def _listened_to(component: Component, platform: Platform) -> bool:
    return any(use.verb in HAPPENED for use in platform.users_of(component.name))


def _pattern(connection: Connection, bucket: Any) -> dict[str, Any]:
    prefix, suffix = connection.options["prefix"], connection.options["suffix"]
    detail: dict[str, Any] = {"bucket": {"name": [bucket]}}
    if prefix or suffix:
        detail["object"] = {"key": [{"wildcard": f"{prefix}*{suffix}"}]}
    return {"source": ["aws.s3"], "detail-type": [HAPPENED[connection.verb]], "detail": detail}


def _reading(bucket: Any, objects: Any, prefix: str) -> Sequence[Statement]:
    below = Condition(StringLike({"s3:prefix": f"{prefix}*"})) if prefix else None
    return iam.allow([act.ListBucket], bucket, below), iam.allow([act.GetObject], objects)


def _rule(spec: BucketLifecycle) -> s3.LifecycleRule:
    """One rule for the whole bucket."""
    optional: dict[str, Any] = {}
    if moves := transitions(spec):
        optional["Transitions"] = [
            s3.LifecycleRuleTransition(StorageClass=CLASSES[name], TransitionInDays=after)
            for name, after in moves.items()
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
