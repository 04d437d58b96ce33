"""Queues and policies for messages: encrypted, over TLS only, open only to the topics and rules named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awacs import sqs as act
from awacs.aws import Allow, ArnEquals, ArnLike, Condition, Principal, Statement
from troposphere import GetAtt, Ref, sqs

from compiler.blocks import iam
from compiler.model import Path
from compiler.scope import Scope


def queue(
    scope: Scope,
    part: str,
    topics: Sequence[Any] = (),
    *,
    events: Sequence[Any] = (),
    path: Path = (),
    **properties: Any,
) -> Any:
    """Adds a queue with its policy; `topics` are the ARNs of the topics that may send to it.

    `events` are those of EventBridge rules and buses, and may hold wildcards.
    """
    key = scope.key("data")
    encryption = {"SqsManagedSseEnabled": True} if key is None else {"KmsMasterKeyId": key}
    made = scope.add(sqs.Queue(scope.id(part), **encryption, **properties), path=path)
    arn = GetAtt(made, "Arn")
    statements = [iam.tls_only([act.Action("*")], arn), *(_from_topic(topic, arn) for topic in topics)]
    if events:
        statements.append(_from_events(events, arn))
    scope.add(
        sqs.QueuePolicy(
            scope.id(f"{part}Policy"), Queues=[Ref(made)], PolicyDocument=iam.document(statements)
        ),
        path=path,
    )
    return made


def _from_topic(topic: Any, arn: Any) -> Statement:
    return Statement(
        Effect=Allow,
        Principal=Principal("Service", "sns.amazonaws.com"),
        Action=[act.SendMessage],
        Resource=[arn],
        Condition=Condition(ArnEquals({"aws:SourceArn": topic})),
    )


def _from_events(sources: Sequence[Any], arn: Any) -> Statement:
    return Statement(
        Effect=Allow,
        Principal=Principal("Service", "events.amazonaws.com"),
        Action=[act.SendMessage],
        Resource=[arn],
        Condition=Condition(ArnLike({"aws:SourceArn": list(sources)})),
    )
