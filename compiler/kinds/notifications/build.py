"""Notifications -> the critical and the warning topic, with their subscriptions."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

from awacs import sns as act
from awacs.aws import Allow, ArnLike, Condition, PolicyDocument, Principal, Statement
from troposphere import Ref, Sub, sns

from compiler import names
from compiler.blocks import iam
from compiler.kinds.notifications import Notifications, Receiver, receivers
from compiler.kinds.notifications.chats import add_chats
from compiler.model import Component, Platform
from compiler.scope import Attribute, Scope

# Addresses whose words say all: no other such address has the same.
PLAIN = re.compile(r"[a-z][a-z0-9]*@[a-z][a-z0-9]*(?:\.[a-z][a-z0-9]*)+")
# A rule's name has 64 characters at most, so CloudFormation shortens the stack's name and the logical id in
# it. No guide says by how much: this is less than the half that either could claim.
KEPT_OF_A_STACKS_NAME = 20
LONGEST = 100  # of an address in a logical id, which has 255 characters at most


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The topics' ARNs, and whether alarms use them."""
    assert isinstance(component.spec, Notifications)
    topics = {
        f"{severity}_topic_arn": Attribute(Ref(_title(component, severity)), shown=True)
        for severity in receivers(component.spec)
    }
    return {"actions_enabled": Attribute(component.spec.enabled), **topics}


def build(component: Component, scope: Scope) -> None:
    """Adds both topics; only alarms and rules of this account may publish, and only over TLS."""
    spec = component.spec
    assert isinstance(spec, Notifications)
    for severity, listed in receivers(spec).items():
        _topic(component, scope, severity, listed)
    topics = {severity: Ref(_title(component, severity)) for severity in receivers(spec)}
    add_chats(receivers(spec), topics, scope)


def _topic(component: Component, scope: Scope, severity: str, listed: Iterable[Receiver]) -> None:
    title = _title(component, severity)
    # AWS's own key for SNS does not admit CloudWatch, so without a key of ours the topic has none.
    key = scope.key("logs")
    optional = {"KmsMasterKeyId": key} if key is not None else {}
    scope.add(sns.Topic(title, **optional), path=(severity,))
    scope.add(
        sns.TopicPolicy(f"{title}Policy", Topics=[Ref(title)], PolicyDocument=_policy(title, severity, scope))
    )
    for receiver in listed:
        for protocol in ("email", "https"):
            if address := getattr(receiver, protocol):
                # Named by the address, so that another order of the list changes nothing.
                scope.add(
                    sns.SubscriptionResource(
                        title + _part(address), TopicArn=Ref(title), Protocol=protocol, Endpoint=address
                    ),
                    path=(severity,),
                )


def _part(address: str) -> str:
    """The part of a logical id that stands for an address: words, and six digits where they are ambiguous.

    `a.b@c.com`, `a-b@c.com` and `a@b.c.com` would else be one.
    """
    words = names.pascal(address)
    if PLAIN.fullmatch(address) and len(words) <= LONGEST:
        return words
    return words[:LONGEST] + hashlib.sha256(address.encode()).hexdigest()[:6]


def _title(component: Component, severity: str) -> str:
    return names.logical_id(component.name, f"{names.pascal(severity)}Topic")


def _policy(title: str, severity: str, scope: Scope) -> PolicyDocument:
    alarms = Sub("arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*")
    admitted = [_publish("Alarms", "cloudwatch.amazonaws.com", title, iam.ours(alarms))]
    if severity == "warning":
        admitted.append(_publish("Events", "events.amazonaws.com", title, _rules(scope)))
    return iam.document([*admitted, iam.tls_only([act.Publish], Ref(title))])


def _rules(scope: Scope) -> Condition:
    """Rules are called as their stack is; EventBridge tells the rule only, in whose ARN the account is."""
    name = names.physical(scope.platform.name, scope.platform.environment.name, "")
    ours = name[:KEPT_OF_A_STACKS_NAME] + "*"
    rules = Sub(f"arn:${{AWS::Partition}}:events:${{AWS::Region}}:${{AWS::AccountId}}:rule/{ours}")
    return Condition(ArnLike({"aws:SourceArn": rules}))


def _publish(sid: str, service: str, title: str, condition: Condition) -> Statement:
    return Statement(
        Sid=sid,
        Effect=Allow,
        Principal=Principal("Service", service),
        Action=[act.Publish],
        Resource=[Ref(title)],
        Condition=condition,
    )
