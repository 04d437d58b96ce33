"""Events -> AWS::Events::Rule in the stack of whom they start, with bounded retries and dead letters."""

from __future__ import annotations

from typing import Any

from troposphere import Sub, events

from compiler.model import Path
from compiler.scope import EventRule, Scope

# The defaults would bring a stale event for a day. Source: EventBridge API reference, "RetryPolicy".
RETRIES, OLDEST = 20, 3600
# What a rule on the default bus is called, and one on another bus. Source: Service Authorization Reference.
ARN = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/"


def rules_on(bus: str = "") -> Sub:
    """The ARNs of all rules on a bus, with a wildcard; without a name, of all rules."""
    return Sub(f"{ARN}{bus}/*" if bus else f"{ARN}*")


def rule(
    scope: Scope, part: str, source: EventRule, target_arn: Any, dead_letters: Any, *, path: Path
) -> events.Rule:
    """Adds a rule that sends what matches to one target; who may call the target is the caller's to say.

    `dead_letters` is the ARN of the queue for what the target did not take.
    """
    target = events.Target(
        Id="consumer",
        Arn=target_arn,
        DeadLetterConfig=events.DeadLetterConfig(Arn=dead_letters),
        RetryPolicy=events.RetryPolicy(MaximumEventAgeInSeconds=OLDEST, MaximumRetryAttempts=RETRIES),
    )
    optional = {} if source.bus_name is None else {"EventBusName": source.bus_name}
    return scope.add(
        events.Rule(
            scope.id(part),
            Description=f"What {scope.component.name} is started by",
            EventPattern=dict(source.pattern),
            State="ENABLED",
            Targets=[target],
            **optional,
        ),
        path=path,
    )
