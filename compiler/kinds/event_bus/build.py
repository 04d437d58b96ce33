"""Event bus -> AWS::Events::EventBus with its archive and dead letters, and what its verbs grant.

The bus has no policy of its own: then nobody outside the account may send, and inside it only whom IAM lets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awacs import events as act
from awacs.aws import Statement
from troposphere import GetAtt, Ref, events

from compiler import names
from compiler.blocks import iam, messages
from compiler.blocks.events import rules_on
from compiler.event_rules import DEFAULT_BUS
from compiler.kinds.event_bus import EventBus
from compiler.kinds.event_bus.patterns import as_written
from compiler.model import Component, Connection, Platform
from compiler.scope import Attribute, EventRule, Grant, Scope
from compiler.units import seconds

NAME_LIMIT = 256  # Source: provider schema AWS::Events::EventBus, 2026-10-20
DAYS_14 = 14 * 86400  # the longest that SQS keeps a message


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The bus's name and ARN, and its dead-letter queue."""
    title = names.logical_id(component.name, "EventBus")
    dead = names.logical_id(component.name, "DeadLetterQueue")
    return {
        "name": Attribute(Ref(title), shown=True),
        "arn": Attribute(GetAtt(title, "Arn")),
        "dead_letter_arn": Attribute(GetAtt(dead, "Arn")),
        "dead_letter_name": Attribute(GetAtt(dead, "QueueName")),
    }


def build(component: Component, scope: Scope) -> None:
    """Adds the bus, the queue for events that its key cannot serve, and its archive."""
    spec = component.spec
    assert isinstance(spec, EventBus)
    title = scope.id("EventBus")
    dead = messages.queue(
        scope, "DeadLetterQueue", events=[GetAtt(title, "Arn")], MessageRetentionPeriod=DAYS_14
    )
    scope.add(
        events.EventBus(
            title,
            Name=scope.physical(limit=NAME_LIMIT),
            DeadLetterConfig=events.DeadLetterConfig(Arn=GetAtt(dead, "Arn")),
            **_encrypted(scope),
        )
    )
    if spec.archive:
        scope.add(
            events.Archive(
                scope.id("Archive"),
                SourceArn=GetAtt(title, "Arn"),
                RetentionDays=int(seconds(spec.archive.retention)) // 86400,
                **_encrypted(scope),
            ),
            path=("archive",),
        )


def _encrypted(scope: Scope) -> dict[str, Any]:
    key = scope.key("data")
    return {} if key is None else {"KmsKeyIdentifier": key}


def grant(connection: Connection, component: Component, scope: Scope) -> Grant:
    """`send` puts events onto this bus; `receive` starts the consumer with those that match."""
    if connection.verb == "send":
        return Grant(_send(component, scope))
    wanted = connection.options["pattern"]
    # A rule needs a pattern; every event has an account, and only this one's may come.
    pattern = {"account": [Ref("AWS::AccountId")]} if wanted is None else as_written(wanted)
    rule = EventRule(pattern, rules_on(_name(component, scope.platform)), scope.value(component.name, "name"))
    return Grant(_send(component, scope) if connection.options["send"] else (), trigger=rule)


def _send(component: Component, scope: Scope) -> tuple[Statement, ...]:
    return (iam.allow([act.PutEvents], scope.value(component.name, "arn")),)


def _name(component: Component, platform: Platform) -> str:
    """The name of the bus, for rules say it in their ARNs; those on the default bus name none."""
    spec = component.spec
    assert isinstance(spec, EventBus)
    if spec.existing:
        return "" if spec.existing.name == DEFAULT_BUS else spec.existing.name
    return names.physical(platform.name, platform.environment.name, component.lasting_name)
