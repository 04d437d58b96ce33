"""Failures that no metric counts -> rules that tell the warning topic of AWS's own events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import events

from compiler.scope import Scope


def tell(scope: Scope, part: str, summary: str, pattern: Mapping[str, Any]) -> None:
    """Adds a rule to the observability stack; the event goes out as it is, for chats understand no other.

    Source: Amazon Q Developer in chat applications administrator guide, "Monitoring AWS services".
    """
    scope = scope.at("observability")
    scope.add(
        events.Rule(
            scope.id(f"{part}Rule"),
            Description=summary,
            EventPattern=dict(pattern),
            # Silent where alarms are.
            State="ENABLED" if scope.value("notifications", "actions_enabled") else "DISABLED",
            Targets=[events.Target(Id="warning", Arn=scope.value("notifications", "warning_topic_arn"))],
        )
    )
