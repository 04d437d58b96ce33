"""A rule that notices every failed run, and a log that keeps what ECS says of it: ECS forgets in an hour."""

from __future__ import annotations

from typing import Any

from awacs import logs as act
from awacs.aws import Action, Allow, ArnLike, Condition, Principal, Statement
from troposphere import Ref, Sub, events

from compiler.blocks import iam
from compiler.blocks.logs import group_arn, log_group
from compiler.scope import Scope

# The log group is named, for EventBridge writes to such names only.
# Source, also of the policy: EventBridge user guide, "CloudWatch Logs permissions" of targets, 2026.
PREFIX = "/aws/events"
RULES = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/*"
FAMILY = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task-definition/%s:"
# Why a task stopped without an exit code of its own.
# Source: ECS API reference, "Task", stopCode.
NEVER_RAN = ["TaskFailedToStart", "SpotInterruption", "TerminationNotice"]


def add_failures(scope: Scope) -> None:
    """Adds the rule and its log group; the family is the task's physical name."""
    name = f"{PREFIX}/{scope.physical('failures', limit=255)}"
    group = log_group(scope, "Failures", name, ResourcePolicyDocument=_policy(name))
    scope.add(
        events.Rule(
            scope.id("FailureRule"),
            Description=f"Runs of {scope.component.name} that failed",
            EventPattern=_failed(scope),
            # As EventBridge documents it: without the `:*` that the group's own `Arn` ends in.
            Targets=[events.Target(Id="log", Arn=Sub(group_arn("${group}"), group=Ref(group)))],
        )
    )


def _failed(scope: Scope) -> dict[str, Any]:
    # The helpers beside the container end by a signal, which is no failure: so only its own exit code counts.
    own = {"name": [scope.component.name], "exitCode": [{"anything-but": [0]}]}
    return {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {
            "clusterArn": [scope.value("cluster", "arn")],
            "taskDefinitionArn": [{"prefix": Sub(FAMILY % scope.physical(limit=255))}],
            "lastStatus": ["STOPPED"],
            "$or": [{"containers": own}, {"stopCode": NEVER_RAN}],
        },
    }


def _policy(name: str) -> dict[str, Any]:
    """Any rule of the account may write: the rule names the group, so the group cannot name the rule.

    Without a condition on the stream, which EventBridge makes without saying for which rule.
    """
    by_rule = Condition(ArnLike({"aws:SourceArn": Sub(RULES)}))
    statements = [
        _statement(name, act.CreateLogStream),
        _statement(name, act.PutLogEvents, Condition=by_rule),
    ]
    document: dict[str, Any] = iam.document(statements).JSONrepr()
    return document


def _statement(name: str, action: Action, **condition: Any) -> Statement:
    services = Principal("Service", ["events.amazonaws.com", "delivery.logs.amazonaws.com"])
    group = Sub(group_arn(f"{name}:*"))
    return Statement(Effect=Allow, Principal=services, Action=[action], Resource=[group], **condition)
