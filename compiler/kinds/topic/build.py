"""Topic -> AWS::SNS::Topic, and what its verbs grant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awacs import kms
from awacs import sns as act
from troposphere import GetAtt, Ref, sns

from compiler import names
from compiler.blocks import iam
from compiler.kinds.topic import Topic
from compiler.kinds.topic.filters import policy
from compiler.model import Component, Connection, Platform
from compiler.scope import Attribute, Grant, Scope, Subscription

NAME_LIMIT = 256  # Source: provider schema AWS::SNS::Topic, 2026-10-20
FIFO = ".fifo"


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The topic's ARN and name."""
    title = names.logical_id(component.name, "Topic")
    return {"arn": Attribute(Ref(title), shown=True), "name": Attribute(GetAtt(title, "TopicName"))}


def build(component: Component, scope: Scope) -> None:
    """Adds the topic and its policy; who may publish is said by the publishers' own roles."""
    spec = component.spec
    assert isinstance(spec, Topic)
    topic = scope.add(
        sns.Topic(
            scope.id("Topic"),
            KmsMasterKeyId=scope.key("data") or "alias/aws/sns",
            SignatureVersion="2",  # SHA-256; the default is SHA-1
            **_fifo(spec, scope),
        )
    )
    policy = iam.document([iam.tls_only([act.Publish], Ref(topic))])
    scope.add(sns.TopicPolicy(scope.id("TopicPolicy"), Topics=[Ref(topic)], PolicyDocument=policy))


def _fifo(spec: Topic, scope: Scope) -> dict[str, Any]:
    if not spec.fifo:
        return {}
    return {
        "FifoTopic": True,
        "ContentBasedDeduplication": spec.content_based_deduplication,
        # CloudFormation's own names lack the ending that a fifo topic must have.
        "TopicName": scope.physical(limit=NAME_LIMIT - len(FIFO)) + FIFO,
    }


def grant(connection: Connection, component: Component, scope: Scope) -> Grant:
    """`publish` sends messages; `subscribe` starts a function, or fills a queue, with them."""
    arn = scope.value(component.name, "arn")
    if connection.verb == "publish":
        using = iam.use_key(scope.key("data", component), [kms.GenerateDataKey, kms.Decrypt], "sns")
        return Grant((iam.allow([act.Publish], arn), *using))
    wanted = connection.options["filter"]
    return Grant(trigger=Subscription(arn, {"FilterPolicy": policy(wanted)} if wanted else {}))
