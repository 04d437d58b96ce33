"""Function -> its triggers: event source mappings, subscriptions, rules, a schedule; and failed calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from awacs import awslambda as act
from troposphere import GetAtt, awslambda, sns

from compiler import event_rules, names
from compiler.blocks import events, iam, messages, scheduler
from compiler.blocks.workload import Workload
from compiler.kinds.function.publishing import Called
from compiler.kinds.function.spec import FunctionSchedule
from compiler.kinds.function.started_by import called_later, keeps_dead_letters
from compiler.scope import EventRule, EventSource, Scope, Subscription

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
    # Two rules may be on one bus.
    rules = {str(found.rules.to_dict()): found.rules for _, found in _rules(work)}
    messages.queue(
        data, "DeadLetterQueue", topics, events=list(rules.values()), MessageRetentionPeriod=DAYS_14
    )
    return scope.value(scope.component.name, "dead_letter_arn")


def start(
    scope: Scope, called: Called, work: Workload, schedule: FunctionSchedule | None, dead_letters: Any
) -> None:
    """Adds what calls the function."""
    for connection, verb, grant in work.grants:
        if isinstance(grant.trigger, EventSource):
            failed = None if verb.starts == "queue" else dead_letters
            _poll(scope, called, connection.target, grant.trigger, failed)
    for target, trigger in work.triggers:
        if isinstance(trigger, Subscription):
            _subscribe(scope, called, target, trigger, dead_letters)
    triggers = dict(_rules(work))
    for rule in event_rules.rules(scope.component, scope.platform):
        made = events.rule(scope, rule, triggers[rule.target], called.arn, dead_letters)
        _permit(scope, called, rule.target, "events.amazonaws.com", GetAtt(made, "Arn"))
    if schedule:
        _schedule(scope, called, schedule, dead_letters)
    if called_later(scope.component, scope.platform):
        _call_later(scope, called, dead_letters)


def _rules(work: Workload) -> Iterator[tuple[str, EventRule]]:
    return ((target, trigger) for target, trigger in work.triggers if isinstance(trigger, EventRule))


def _poll(scope: Scope, called: Called, target: str, source: EventSource, failed: Any) -> None:
    properties = dict(source.properties)
    if failed is not None:
        properties["DestinationConfig"] = _on_failure(failed)
    scope.add(
        awslambda.EventSourceMapping(
            scope.id(f"From{names.pascal(target)}"),
            FunctionName=called.arn,
            EventSourceArn=source.arn,
            **properties,
        ),
        path=("connections", target),
    )


def _subscribe(
    scope: Scope, called: Called, target: str, subscription: Subscription, dead_letters: Any
) -> None:
    permission = _permit(scope, called, target, "sns.amazonaws.com", subscription.topic_arn)
    scope.add(
        sns.SubscriptionResource(
            scope.id(f"From{names.pascal(target)}"),
            DependsOn=permission.title,  # or the first messages are refused
            TopicArn=subscription.topic_arn,
            Protocol="lambda",
            Endpoint=called.arn,
            RedrivePolicy={"deadLetterTargetArn": dead_letters},
            **subscription.properties,
        ),
        path=("connections", target),
    )


def _permit(scope: Scope, called: Called, target: str, service: str, source_arn: Any) -> awslambda.Permission:
    return scope.add(
        awslambda.Permission(
            scope.id(f"From{names.pascal(target)}Permission"),
            FunctionName=called.arn,
            Action="lambda:InvokeFunction",
            Principal=service,
            SourceArn=source_arn,
        ),
        path=("connections", target),
    )


def _schedule(scope: Scope, called: Called, when: FunctionSchedule, dead_letters: Any) -> None:
    given: dict[str, Any] = {}
    if when.input is not None:
        given["Input"] = json.dumps(when.input, sort_keys=True)
    scheduler.schedule(
        scope,
        "Schedule",
        when,
        target_arn=called.arn,
        statements=[iam.allow([act.InvokeFunction], called.arn)],
        dead_letters=dead_letters,
        description=f"Calls the function {scope.component.name}",
        path=("schedule",),
        **given,
    )


def _call_later(scope: Scope, called: Called, dead_letters: Any) -> None:
    """What does not wait for an answer leaves its event to Lambda, which drops it when told nothing else."""
    scope.add(
        awslambda.EventInvokeConfig(
            scope.id("AsynchronousCalls"),
            FunctionName=called.function,
            Qualifier=called.qualifier,
            MaximumRetryAttempts=RETRIES,
            MaximumEventAgeInSeconds=OLDEST,
            DestinationConfig=_on_failure(dead_letters),
            **({"DependsOn": list(called.after)} if called.after else {}),
        )
    )


def _on_failure(arn: Any) -> awslambda.DestinationConfig:
    return awslambda.DestinationConfig(OnFailure=awslambda.OnFailure(Destination=arn))
