"""Events -> AWS::Events::Rule in the stack of whom they start, with bounded retries and dead letters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import GetAtt, Select, Split, Sub, events

from compiler import names
from compiler.event_rules import StartingRule, rules
from compiler.model import Component, Platform
from compiler.scope import Attribute, EventRule, Scope

# The defaults would bring a stale event for a day. Source: EventBridge API reference, "RetryPolicy".
RETRIES, OLDEST = 20, 3600
ARN = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/"


def rules_on(bus: str = "") -> Sub:
    """The ARNs of all rules on a bus, with a wildcard; without a name, of all rules."""
    return Sub(f"{ARN}{bus}/*" if bus else f"{ARN}*")


def rule_names(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The attributes with the names of the rules that start the component."""
    found = {}
    for rule in rules(component, platform):
        # `Ref` would give the name of the bus as well.
        parts = Split("/", GetAtt(names.logical_id(component.name, rule.part), "Arn"))
        found[rule.attribute] = Attribute(Select(rule.name_in_arn, parts))
    return found


def rule(scope: Scope, found: StartingRule, source: EventRule, consumer_arn: Any, dead_letters: Any) -> Any:
    """Adds a rule that starts one consumer; who may call the consumer is the caller's to say.

    `dead_letters` is the ARN of the queue for what the consumer did not take.
    """
    target = events.Target(
        Id="consumer",
        Arn=consumer_arn,
        DeadLetterConfig=events.DeadLetterConfig(Arn=dead_letters),
        RetryPolicy=events.RetryPolicy(MaximumEventAgeInSeconds=OLDEST, MaximumRetryAttempts=RETRIES),
    )
    optional = {} if source.bus_name is None else {"EventBusName": source.bus_name}
    return scope.add(
        events.Rule(
            scope.id(found.part),
            Description=f"What {found.target} starts {scope.component.name} with",
            EventPattern=dict(source.pattern),
            State="ENABLED",
            Targets=[target],
            **optional,
        ),
        path=("connections", found.target),
    )
