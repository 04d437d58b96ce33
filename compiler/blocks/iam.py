"""Roles and statements with least privilege, through awacs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from awacs.aws import (
    Action,
    Allow,
    ArnLike,
    Bool,
    Condition,
    Deny,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
)
from awacs.sts import AssumeRole
from troposphere import Ref, Sub, iam

from compiler.scope import Scope

VERSION = "2012-10-17"
_WHY = "why"


def allow(actions: Iterable[Action], resources: Any, condition: Condition | None = None) -> Statement:
    """One Allow statement; `resources` is an ARN or a list of them."""
    listed = list(resources) if isinstance(resources, list | tuple) else [resources]
    extra = {"Condition": condition} if condition else {}
    return Statement(
        Effect=Allow, Action=sorted(actions, key=lambda action: action.JSONrepr()), Resource=listed, **extra
    )


def because(why: str, *statements: Statement) -> tuple[Statement, ...]:
    """The statements, with the need that they serve; only `formwork explain role` reads it, no template does.

    Statements that a connection gives have their reason in the connection.
    """
    for statement in statements:
        vars(statement)[_WHY] = why  # not an element of the statement, which setting an attribute would be
    return statements


def reason(statement: Any) -> str:
    """The need that a statement serves, as `because` was told; empty when nobody said."""
    return str(vars(statement).get(_WHY, ""))


def use_key(
    key_arn: Any, actions: Iterable[Action], via: str, *, context: Mapping[str, Any] = MappingProxyType({})
) -> tuple[Statement, ...]:
    """Use of a key through one AWS service only (`kms:ViaService`); nothing when there is no key.

    `context` narrows it to what was encrypted with these values of the encryption context.
    Source: AWS KMS developer guide, "kms:ViaService" and "kms:EncryptionContext:context-key".
    """
    if key_arn is None:
        return ()
    service = Sub(f"{via}.${{AWS::Region}}.${{AWS::URLSuffix}}")
    narrowed = {f"kms:EncryptionContext:{key}": value for key, value in context.items()}
    return (allow(actions, key_arn, Condition(StringEquals({"kms:ViaService": service} | narrowed))),)


def document(statements: Sequence[Statement]) -> PolicyDocument:
    """A policy document of the current version."""
    return PolicyDocument(Version=VERSION, Statement=list(statements))


def trust(service: str, *, source_arn: Any = None, condition: Condition | None = None) -> PolicyDocument:
    """Lets one AWS service assume a role; with `source_arn`, on behalf of this account's resources only.

    `condition` is for services that say otherwise for whom they act.
    """
    narrowed = condition if source_arn is None else ours(source_arn)
    extra = {"Condition": narrowed} if narrowed else {}
    statement = Statement(Effect=Allow, Principal=Principal("Service", service), Action=[AssumeRole], **extra)
    return document([statement])


def role(
    scope: Scope,
    part: str,
    service: str,
    statements: Sequence[Statement],
    *,
    source_arn: Any = None,
    condition: Condition | None = None,
    description: str,
) -> iam.Role:
    """Adds a role whose policy is inline: a separate policy may come too late for whoever validates it.

    Source: aws-cdk#21827 and the like, where a consumer is created before its policy is attached.
    """
    policies = [iam.Policy(PolicyName="access", PolicyDocument=document(statements))] if statements else []
    extra = {"Policies": policies} if policies else {}
    return scope.add(
        iam.Role(
            scope.id(part),
            AssumeRolePolicyDocument=trust(service, source_arn=source_arn, condition=condition),
            Description=description,
            **extra,
        )
    )


def tls_only(actions: Iterable[Action], *resources: Any) -> Statement:
    """The statement of a resource policy that refuses whoever does not use TLS."""
    return Statement(
        Sid="TlsOnly",
        Effect=Deny,
        Principal=Principal("*"),
        Action=list(actions),
        Resource=list(resources),
        Condition=Condition(Bool({"aws:SecureTransport": False})),
    )


def ours(source_arn: Any) -> Condition:
    """A service acts for resources of this account only, and of those for the ones that match."""
    account = StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")})
    return Condition([account, ArnLike({"aws:SourceArn": source_arn})])
