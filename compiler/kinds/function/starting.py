"""Function -> its triggers: event source mappings, subscriptions, and where failed calls are put aside."""

from __future__ import annotations

from typing import Any

from troposphere import GetAtt, awslambda, sns

from compiler import names
from compiler.blocks import messages
from compiler.blocks.workload import Workload
from compiler.kinds.function.started_by import keeps_dead_letters
from compiler.scope import EventSource, Scope, Subscription

DAYS_14 = 14 * 86400  # the longest that SQS keeps a message
# Asynchronous calls: Lambda's own defaults would try a stale event for six hours.
RETRIES, OLDEST = 2, 3600


def dead_letters(scope: Scope, work: Workload) -> Any:
    """Adds the function's own dead-letter queue, among the data; its ARN, or None when it needs none."""
    if not keeps_dead_letters(scope.component, scope.platform):
        return None
    data = scope.at("data")
    topics = [
        data.value(target, "arn") for target, trigger in work.triggers if isinstance(trigger, Subscription)
    ]
    messages.queue(data, "DeadLetterQueue", topics, MessageRetentionPeriod=DAYS_14)
    return scope.value(scope.component.name, "dead_letter_arn")


def start(scope: Scope, function: awslambda.Function, work: Workload, dead_letters: Any) -> None:
    """Adds what calls the function."""
    for connection, verb, grant in work.grants:
        if isinstance(grant.trigger, EventSource):
            failed = dead_letters if verb.starts == "stream" else None
            _poll(scope, function, connection.target, grant.trigger, failed)
    subscribed = [(target, found) for target, found in work.triggers if isinstance(found, Subscription)]
    for target, subscription in subscribed:
        _subscribe(scope, function, target, subscription, dead_letters)
    if subscribed:
        _call_later(scope, function, dead_letters)


def _poll(scope: Scope, function: awslambda.Function, target: str, source: EventSource, failed: Any) -> None:
    properties = dict(source.properties)
    if failed is not None:
        properties["DestinationConfig"] = _on_failure(failed)
    scope.add(
        awslambda.EventSourceMapping(
            scope.id(f"From{names.pascal(target)}"),
            FunctionName=GetAtt(function, "Arn"),
            EventSourceArn=source.arn,
            **properties,
        ),
        path=("connections", target),
    )


def _subscribe(
    scope: Scope, function: awslambda.Function, target: str, subscription: Subscription, dead_letters: Any
) -> None:
    part = f"From{names.pascal(target)}"
    permission = scope.add(
        awslambda.Permission(
            scope.id(f"{part}Permission"),
            FunctionName=GetAtt(function, "Arn"),
            Action="lambda:InvokeFunction",
            Principal="sns.amazonaws.com",
            SourceArn=subscription.topic_arn,
        ),
        path=("connections", target),
    )
    scope.add(
        sns.SubscriptionResource(
            scope.id(part),
            DependsOn=permission.title,  # or the first messages are refused
            TopicArn=subscription.topic_arn,
            Protocol="lambda",
            Endpoint=GetAtt(function, "Arn"),
            RedrivePolicy={"deadLetterTargetArn": dead_letters},
            **subscription.properties,
        ),
        path=("connections", target),
    )


def _call_later(scope: Scope, function: awslambda.Function, dead_letters: Any) -> None:
    """A topic's messages wait inside Lambda, which drops what fails unless told where to put it."""
    scope.add(
        awslambda.EventInvokeConfig(
            scope.id("AsynchronousCalls"),
            FunctionName=function.ref(),
            Qualifier="$LATEST",
            MaximumRetryAttempts=RETRIES,
            MaximumEventAgeInSeconds=OLDEST,
            DestinationConfig=_on_failure(dead_letters),
        )
    )


def _on_failure(arn: Any) -> awslambda.DestinationConfig:
    return awslambda.DestinationConfig(OnFailure=awslambda.OnFailure(Destination=arn))
