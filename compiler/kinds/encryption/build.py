"""Encryption -> KMS keys and aliases.

A key's policy never names a role, stream, log group or topic of the platform: account root plus conditions
on the account, the calling service and name patterns. So a key depends on nothing, and no circle can arise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from awacs import kms as act
from awacs.aws import (
    Action,
    Allow,
    ArnLike,
    Bool,
    Condition,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
)
from troposphere import GetAtt, Ref, Sub, kms

from compiler import names
from compiler.blocks import iam
from compiler.kinds.encryption import Encryption, is_replicable
from compiler.model import Component, Platform
from compiler.scope import PURPOSES, Attribute, Purpose, Scope
from compiler.units import seconds

USE = (act.Encrypt, act.Decrypt, act.Action("ReEncrypt*"), act.Action("GenerateDataKey*"), act.DescribeKey)
PUBLISH = (act.Decrypt, act.Action("GenerateDataKey*"))
# What EventBridge needs for a bus and its archive.
# Source: EventBridge user guide, "Encrypting EventBridge archives with AWS KMS keys", 2026.
EVENTS = (*PUBLISH, act.Action("ReEncrypt*"), act.DescribeKey)
GRANTS = (act.CreateGrant, act.ListGrants, act.RevokeGrant)
# The services through which each key may be used. Source: KMS developer guide, "kms:ViaService".
VIA: Mapping[Purpose, tuple[str, ...]] = {
    "data": (
        *(
            "backup",
            "dynamodb",
            "elasticache",
            "elasticfilesystem",
            "firehose",
            "kinesis",
            "lambda",
            "rds",
            "s3",
            "sns",
        ),
        "sqs",
    ),
    "logs": ("firehose", "s3", "sns"),
    "secrets": ("rds", "secretsmanager"),
}


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """`<purpose>_key_arn` for each purpose that has a key; the ARN, for CloudWatch Logs takes no key id."""
    spec = component.spec
    assert isinstance(spec, Encryption)
    return {
        f"{purpose}_key_arn": Attribute(GetAtt(_title(component, spec, purpose), "Arn"))
        for purpose in purposes_of(spec)
    }


def build(component: Component, scope: Scope) -> None:
    """Adds a key and an alias for each purpose, or one that serves all."""
    spec = component.spec
    assert isinstance(spec, Encryption)
    replicable = {"MultiRegion": True} if is_replicable(spec, scope.platform) else {}
    for name, purposes in key_names(spec).items():
        add_key(scope, spec, name, policy(scope, purposes), **replicable)


def purposes_of(spec: Encryption) -> tuple[Purpose, ...]:
    """What the platform has keys for."""
    return tuple(purpose for purpose in PURPOSES if purpose != "logs" or spec.logs)


def key_names(spec: Encryption) -> Mapping[str, tuple[Purpose, ...]]:
    """The keys by name, which is empty for the one that serves all, each with what it is for."""
    every = purposes_of(spec)
    return {"": every} if spec.keys == "shared" else {purpose: (purpose,) for purpose in every}


def add_key(scope: Scope, spec: Encryption, name: str, allowed: PolicyDocument, **properties: Any) -> kms.Key:
    """Adds a key of this name, with its alias."""
    title = scope.id(names.pascal(name) + "Key")
    made = scope.add(
        kms.Key(
            title,
            EnableKeyRotation=spec.rotation,
            KeyPolicy=allowed,
            **described(scope, spec, name),
            **properties,
        )
    )
    add_alias(scope, title, name)
    return made


def described(scope: Scope, spec: Encryption, name: str) -> dict[str, Any]:
    """What a key and its replica both say of themselves."""
    return {
        "Description": f"{scope.platform.name} {scope.platform.environment.name}: {name or 'everything'}",
        "PendingWindowInDays": int(seconds(spec.deletion_window)) // 86400,
    }


def add_alias(scope: Scope, title: str, name: str) -> None:
    """Adds the name by which people find a key."""
    alias = names.physical(scope.platform.name, scope.platform.environment.name, *([name] if name else []))
    scope.add(kms.Alias(f"{title}Alias", AliasName=f"alias/{alias}", TargetKeyId=Ref(title)))


def key_part(spec: Encryption, purpose: Purpose) -> str:
    """The name of the key that serves a purpose, as a part of a logical id."""
    return "" if spec.keys == "shared" else names.pascal(purpose)


def _title(component: Component, spec: Encryption, purpose: Purpose) -> str:
    return names.logical_id(component.name, f"{key_part(spec, purpose)}Key")


def through(services: Iterable[str]) -> list[Statement]:
    """What every key's policy says: IAM decides, and these services may use it for this account."""
    via = sorted(services)
    return [_root(), _through(via), _grants(via)]


def policy(scope: Scope, purposes: tuple[Purpose, ...]) -> PolicyDocument:
    """The policy of a key for these purposes; the same in every region, for it names none."""
    statements = through({service for purpose in purposes for service in VIA[purpose]})
    if "logs" in purposes:
        statements += [
            _logs(scope),
            _publisher("Alarms", "cloudwatch.amazonaws.com"),
            _events_to_topics(scope),
        ]
    if "data" in purposes:
        statements.append(_publisher("Topics", "sns.amazonaws.com"))
        statements += [_publisher("Events", "events.amazonaws.com", EVENTS), _events_to_queues()]
    return iam.document(statements)


def _statement(sid: str, principal: Principal, actions: object, condition: Condition | None) -> Statement:
    extra = {"Condition": condition} if condition else {}
    return Statement(Sid=sid, Effect=Allow, Principal=principal, Action=actions, Resource=["*"], **extra)


def _root() -> Statement:
    """Lets IAM policies grant use of the key; without it a key can lock everybody out."""
    return _statement("Account", _account(), [act.Action("*")], None)


def _account() -> Principal:
    return Principal("AWS", Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root"))


def _via(services: list[str]) -> StringEquals:
    called = [Sub(f"{service}.${{AWS::Region}}.${{AWS::URLSuffix}}") for service in services]
    return StringEquals({"kms:CallerAccount": Ref("AWS::AccountId"), "kms:ViaService": called})


def _through(services: list[str]) -> Statement:
    return _statement("ThroughServices", _account(), list(USE), Condition(_via(services)))


def _grants(services: list[str]) -> Statement:
    """RDS, ElastiCache, EFS and Lambda keep using a key through grants that they make for themselves."""
    condition = Condition([Bool({"kms:GrantIsForAWSResource": True}), _via(services)])
    return _statement("GrantsForServices", _account(), list(GRANTS), condition)


def _logs(scope: Scope) -> Statement:
    groups = Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*")
    return _statement(
        "Logs",
        Principal("Service", Sub("logs.${AWS::Region}.${AWS::URLSuffix}")),
        list(USE),
        Condition(ArnLike({"kms:EncryptionContext:aws:logs:arn": groups})),
    )


def _publisher(sid: str, service: str, actions: tuple[Action, ...] = PUBLISH) -> Statement:
    ours = Condition(StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")}))
    return _statement(sid, Principal("Service", service), list(actions), ours)


def _events_to_queues() -> Statement:
    """By queue, not by source: of encrypted topics SNS says that EventBridge names no source to KMS.

    Source: SNS developer guide, "Managing Amazon SNS encryption keys and costs"; SQS developer guide, "Access
    management for encrypted Amazon SQS queues with least privilege policies".
    """
    queues = Sub("arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:*")
    return _statement(
        "EventsToQueues",
        Principal("Service", "events.amazonaws.com"),
        list(PUBLISH),
        Condition(ArnLike({"kms:EncryptionContext:aws:sqs:arn": queues})),
    )


def _events_to_topics(scope: Scope) -> Statement:
    """EventBridge names no source to KMS, so what it may write to is all that narrows it.

    Source: SNS developer guide, "Enable compatibility between event sources from AWS services and encrypted
    topics", 2026; GameLift developer guide, for the encryption context.
    """
    topics = names.physical(scope.platform.name, scope.platform.environment.name, "*")
    arn = Sub(f"arn:${{AWS::Partition}}:sns:${{AWS::Region}}:${{AWS::AccountId}}:{topics}")
    narrowed = Condition(ArnLike({"kms:EncryptionContext:aws:sns:topicArn": arn}))
    return _statement("EventsToTopics", Principal("Service", "events.amazonaws.com"), list(PUBLISH), narrowed)
