"""Notifications -> the critical and the warning topic, with their subscriptions."""

from __future__ import annotations

from collections.abc import Mapping

from awacs import sns as act
from awacs.aws import (
    Allow,
    ArnLike,
    Bool,
    Condition,
    Deny,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
)
from troposphere import Ref, Sub, sns

from compiler import names
from compiler.blocks import iam
from compiler.kinds.notifications import Notifications, Receiver
from compiler.model import Component, Platform
from compiler.scope import Attribute, Scope

SEVERITIES = ("critical", "warning")


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The topics' ARNs, and whether alarms use them."""
    assert isinstance(component.spec, Notifications)
    topics = {
        f"{severity}_topic_arn": Attribute(Ref(_title(component, severity)), shown=True)
        for severity in SEVERITIES
    }
    return {"actions_enabled": Attribute(component.spec.enabled), **topics}


def build(component: Component, scope: Scope) -> None:
    """Adds both topics; only CloudWatch alarms of this account may publish, and only over TLS."""
    spec = component.spec
    assert isinstance(spec, Notifications)
    for severity, receivers in zip(SEVERITIES, (spec.critical, spec.warning), strict=True):
        _topic(component, scope, severity, receivers)


def _topic(component: Component, scope: Scope, severity: str, receivers: list[Receiver]) -> None:
    title = _title(component, severity)
    # AWS's own key for SNS does not admit CloudWatch, so without a key of ours the topic has none.
    key = scope.key("logs")
    optional = {"KmsMasterKeyId": key} if key is not None else {}
    scope.add(sns.Topic(title, **optional), path=(severity,))
    scope.add(sns.TopicPolicy(f"{title}Policy", Topics=[Ref(title)], PolicyDocument=_policy(title)))
    for receiver in receivers:
        # Named by the address, so that another order of the list changes nothing.
        name = f"{title}{names.pascal(receiver.email)}"
        scope.add(
            sns.SubscriptionResource(name, TopicArn=Ref(title), Protocol="email", Endpoint=receiver.email),
            path=(severity,),
        )


def _title(component: Component, severity: str) -> str:
    return names.logical_id(component.name, f"{names.pascal(severity)}Topic")


def _policy(title: str) -> PolicyDocument:
    alarms = Sub("arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*")
    ours = [StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")}), ArnLike({"aws:SourceArn": alarms})]
    return iam.document(
        [
            Statement(
                Sid="Alarms",
                Effect=Allow,
                Principal=Principal("Service", "cloudwatch.amazonaws.com"),
                Action=[act.Publish],
                Resource=[Ref(title)],
                Condition=Condition(ours),
            ),
            Statement(
                Sid="TlsOnly",
                Effect=Deny,
                Principal=Principal("*"),
                Action=[act.Publish],
                Resource=[Ref(title)],
                Condition=Condition(Bool({"aws:SecureTransport": False})),
            ),
        ]
    )
