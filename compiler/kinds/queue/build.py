"""Queue -> AWS::SQS::Queue with its dead-letter queue, and what its verbs grant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from awacs import kms
from awacs import sqs as act
from troposphere import GetAtt, Ref, Sub, sns, sqs

from compiler import event_rules, names
from compiler.blocks import events, iam, messages
from compiler.blocks.gaps import ScalingConfig
from compiler.kinds.queue import MOST_WITHOUT_WINDOW, Queue
from compiler.model import Component, Connection, Platform
from compiler.scope import Attribute, EventRule, EventSource, Grant, Scope, Subscription
from compiler.units import seconds

SEND = (act.SendMessage, act.GetQueueAttributes, act.GetQueueUrl)
RECEIVE = (
    act.ReceiveMessage,
    act.DeleteMessage,
    act.ChangeMessageVisibility,
    act.GetQueueAttributes,
    act.GetQueueUrl,
)
NAME_LIMIT = 80  # Source: SQS developer guide, "Queue quotas", 2026


class Senders(NamedTuple):
    """The ARNs of whoever fills the queue."""

    topics: list[Any]
    rules: list[Any]


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The URL, ARN and name of the queue and its dead-letter queue, and the names of rules that fill it."""
    title = names.logical_id(component.name, "Queue")
    dead = names.logical_id(component.name, "DeadLetterQueue")
    return {
        "url": Attribute(Ref(title), shown=True),
        "arn": Attribute(GetAtt(title, "Arn")),
        "name": Attribute(GetAtt(title, "QueueName")),
        "dead_letter_url": Attribute(Ref(dead), shown=True),
        "dead_letter_arn": Attribute(GetAtt(dead, "Arn")),
        "dead_letter_name": Attribute(GetAtt(dead, "QueueName")),
        **events.rule_names(component, platform),
    }


def build(component: Component, scope: Scope) -> None:
    """Adds the queue, its dead-letter queue, its subscriptions to topics, and the rules that fill it."""
    spec = component.spec
    assert isinstance(spec, Queue)
    triggers = {connection.target: grant.trigger for connection, _, grant in scope.grants()}
    subscribed = {name: found for name, found in triggers.items() if isinstance(found, Subscription)}
    rules = list(event_rules.rules(component, scope.platform))
    senders = Senders(
        [trigger.topic_arn for trigger in subscribed.values()],
        [GetAtt(scope.id(rule.part), "Arn") for rule in rules],
    )
    dead = _dead_letters(spec, scope, senders)
    queue = messages.queue(
        scope,
        "Queue",
        senders.topics,
        events=senders.rules,
        QueueName=_name(spec, scope),
        VisibilityTimeout=seconds(spec.visibility_timeout),
        MessageRetentionPeriod=seconds(spec.retention),
        DelaySeconds=seconds(spec.delay),
        ReceiveMessageWaitTimeSeconds=20,  # long polling: empty answers cost money
        RedrivePolicy=sqs.RedrivePolicy(
            deadLetterTargetArn=GetAtt(dead, "Arn"), maxReceiveCount=spec.dead_letter.max_receives
        ),
        **_fifo(spec),
    )
    for target, trigger in subscribed.items():
        _subscribe(scope, queue, dead, target, trigger)
    for rule in rules:
        source = triggers[rule.target]
        assert isinstance(source, EventRule)
        events.rule(scope, rule, source, GetAtt(queue, "Arn"), GetAtt(dead, "Arn"))


def _dead_letters(spec: Queue, scope: Scope, senders: Senders) -> sqs.Queue:
    # Each queue names the other, a circle to CloudFormation: so this one knows the name, not the resource.
    name = _name(spec, scope)
    source = Sub(f"arn:${{AWS::Partition}}:sqs:${{AWS::Region}}:${{AWS::AccountId}}:{name}")
    fifo: dict[str, Any] = {"FifoQueue": True} if spec.fifo else {}
    return messages.queue(
        scope,
        "DeadLetterQueue",
        senders.topics,
        events=senders.rules,
        path=("dead_letter",),
        QueueName=_name(spec, scope, "dead"),
        MessageRetentionPeriod=seconds(spec.dead_letter.retention),
        RedriveAllowPolicy={"redrivePermission": "byQueue", "sourceQueueArns": [source]},
        **fifo,
    )


def _name(spec: Queue, scope: Scope, *parts: str) -> str:
    suffix = ".fifo" if spec.fifo else ""
    return scope.physical(*parts, limit=NAME_LIMIT - len(suffix)) + suffix


def _fifo(spec: Queue) -> dict[str, Any]:
    if not spec.fifo:
        return {}
    return {"FifoQueue": True, "ContentBasedDeduplication": spec.content_based_deduplication}


def _subscribe(
    scope: Scope, queue: sqs.Queue, dead: sqs.Queue, topic: str, subscription: Subscription
) -> None:
    scope.add(
        sns.SubscriptionResource(
            scope.id(f"From{names.pascal(topic)}"),
            TopicArn=subscription.topic_arn,
            Protocol="sqs",
            Endpoint=GetAtt(queue, "Arn"),
            RawMessageDelivery=True,
            RedrivePolicy={"deadLetterTargetArn": GetAtt(dead, "Arn")},
            **subscription.properties,
        ),
        path=("connections", topic),
    )


def grant(connection: Connection, component: Component, scope: Scope) -> Grant:
    """`send` puts messages; `receive` takes them, or starts a function with them."""
    arn, key = scope.value(component.name, "arn"), scope.key("data", component)
    if connection.verb == "send":
        return Grant((iam.allow(SEND, arn), *iam.use_key(key, [kms.GenerateDataKey, kms.Decrypt], "sqs")))
    statements = (iam.allow(RECEIVE, arn), *iam.use_key(key, [kms.Decrypt], "sqs"))
    return Grant(statements, trigger=EventSource(arn, _mapping(connection.options)))


def _mapping(options: Mapping[str, Any]) -> dict[str, Any]:
    """One failed message must not bring back its whole batch, so the function names those that failed."""
    size, window, concurrency = (options[name] for name in ("batch_size", "window", "maximum_concurrency"))
    mapping: dict[str, Any] = {"BatchSize": size, "FunctionResponseTypes": ["ReportBatchItemFailures"]}
    if window or size > MOST_WITHOUT_WINDOW:
        mapping["MaximumBatchingWindowInSeconds"] = seconds(window or "1s")
    if concurrency:
        mapping["ScalingConfig"] = ScalingConfig(MaximumConcurrency=concurrency)
    return mapping
