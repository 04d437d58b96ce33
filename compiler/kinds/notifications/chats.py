"""Receivers -> the chat channels that show messages, with a role that can look at alarms and no more."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from awacs import cloudwatch as act
from troposphere import GetAtt, Sub, chatbot

from compiler import names
from compiler.blocks import iam
from compiler.kinds.notifications import Receiver, Slack, Teams
from compiler.scope import Scope

# What people may do from the channel at most, whatever the role says.
GUARDRAIL = "arn:${AWS::Partition}:iam::aws:policy/CloudWatchReadOnlyAccess"


def add_chats(receivers: Mapping[str, Iterable[Receiver]], topics: Mapping[str, Any], scope: Scope) -> None:
    """Adds one configuration for each channel, which may hear of several topics, and their role."""
    heard: dict[Slack | Teams, list[str]] = {}
    for severity, listed in receivers.items():
        for receiver in listed:
            if chat := receiver.slack or receiver.teams:
                heard.setdefault(chat, []).append(severity)
    if not heard:
        return
    role = GetAtt(_role(scope), "Arn")
    for chat, severities in heard.items():
        add = _slack if isinstance(chat, Slack) else _teams
        shared = {
            "IamRoleArn": role,
            "GuardrailPolicies": [Sub(GUARDRAIL)],
            "LoggingLevel": "ERROR",
            "SnsTopicArns": [topics[severity] for severity in severities],
        }
        scope.add(add(chat, scope, shared), path=(severities[0],))


def _slack(chat: Any, scope: Scope, shared: Mapping[str, Any]) -> Any:
    return chatbot.SlackChannelConfiguration(
        scope.id(f"Slack{chat.workspace}{chat.channel}"),
        ConfigurationName=scope.physical("slack", chat.channel, limit=128),
        SlackWorkspaceId=chat.workspace,
        SlackChannelId=chat.channel,
        **shared,
    )


def _teams(chat: Any, scope: Scope, shared: Mapping[str, Any]) -> Any:
    # A channel's id is long and full of signs.
    told = hashlib.sha256("/".join((chat.tenant, chat.team, chat.channel)).encode()).hexdigest()[:12]
    return chatbot.MicrosoftTeamsChannelConfiguration(
        scope.id(f"Teams{told}"),
        ConfigurationName=scope.physical("teams", told, limit=128),
        TeamId=chat.team,
        TeamsTenantId=chat.tenant,
        TeamsChannelId=chat.channel,
        **shared,
    )


def _role(scope: Scope) -> Any:
    ours = names.physical(scope.platform.name, scope.platform.environment.name, "*")
    alarms = Sub(f"arn:${{AWS::Partition}}:cloudwatch:${{AWS::Region}}:${{AWS::AccountId}}:alarm:{ours}")
    return iam.role(
        scope,
        "ChatRole",
        "chatbot.amazonaws.com",
        [
            iam.allow([act.DescribeAlarms, act.DescribeAlarmHistory], alarms),
            iam.allow([act.GetMetricData, act.GetMetricWidgetImage, act.ListMetrics], "*"),
        ],
        source_arn=Sub("arn:${AWS::Partition}:chatbot::${AWS::AccountId}:*"),
        description="Shows alarms and their graphs in chats",
    )
