"""Queues and policies for messages: encrypted, over TLS only, open to nobody but the topics named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awacs import sqs as act
from awacs.aws import Action, Allow, ArnEquals, Bool, Condition, Deny, Principal, Statement
from troposphere import GetAtt, Ref, sqs

from compiler.blocks import iam
from compiler.document import Path
from compiler.scope import Scope


def queue(scope: Scope, part: str, topics: Sequence[Any] = (), *, path: Path = (), **properties: Any) -> Any:
    """Adds a queue with its policy; `topics` are the ARNs of the topics that may send to it."""
    key = scope.key("data")
    encryption = {"SqsManagedSseEnabled": True} if key is None else {"KmsMasterKeyId": key}
    made = scope.add(sqs.Queue(scope.id(part), **encryption, **properties), path=path)
    arn = GetAtt(made, "Arn")
    statements = [tls_only([act.Action("*")], arn), *(_from_topic(topic, arn) for topic in topics)]
    scope.add(
        sqs.QueuePolicy(
            scope.id(f"{part}Policy"), Queues=[Ref(made)], PolicyDocument=iam.document(statements)
        ),
        path=path,
    )
    return made


def tls_only(actions: list[Action], arn: Any) -> Statement:
    """The statement of a resource policy that refuses whoever does not use TLS."""
    return Statement(
        Sid="TlsOnly",
        Effect=Deny,
        Principal=Principal("*"),
        Action=actions,
        Resource=[arn],
        Condition=Condition(Bool({"aws:SecureTransport": False})),
    )


def _from_topic(topic: Any, arn: Any) -> Statement:
    return Statement(
        Effect=Allow,
        Principal=Principal("Service", "sns.amazonaws.com"),
        Action=[act.SendMessage],
        Resource=[arn],
        Condition=Condition(ArnEquals({"aws:SourceArn": topic})),
    )
