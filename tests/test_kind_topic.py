"""Topic: encrypted, over TLS only; publishing, and functions and queues that subscribe."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.specs import HEAD, compiled, problems, resources

READER = """
functions:
  reader:
    runtime: python3.13
    inline: "def handler(event, context): return {}"
    connections:
      news: %s
"""


def topic(settings: str = "{}", environment: str = "dev") -> dict[str, Any]:
    found = resources(compiled(f"topics: {{news: {settings}}}", environment), "AWS::SNS::Topic")
    properties: dict[str, Any] = found["NewsTopic"]["Properties"]
    return properties


def messages(body: str) -> list[str]:
    return [problem.split(" ", 1)[1] for problem in problems(body)]


def test_it_is_encrypted_and_signs_with_sha_256() -> None:
    properties = topic()
    assert properties["KmsMasterKeyId"] == {"Ref": "EncryptionDataKeyArn"}
    assert properties["SignatureVersion"] == "2"
    assert "TopicName" not in properties


def test_it_refuses_whoever_does_not_use_tls() -> None:
    (policy,) = (
        policy["Properties"]
        for name, policy in resources(compiled("topics: {news: {}}"), "AWS::SNS::TopicPolicy").items()
        if name == "NewsTopicPolicy"
    )
    assert policy["PolicyDocument"]["Statement"] == [
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["sns:Publish"],
            "Resource": [{"Ref": "NewsTopic"}],
            "Condition": {"Bool": {"aws:SecureTransport": False}},
        }
    ]


def test_publishing_allows_publishing_and_the_key_through_sns() -> None:
    assembly = compiled("topics: {news: {}}\n" + READER % "publish")
    (role,) = resources(assembly, "AWS::IAM::Role").values()
    _, publish, key = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    assert publish == {"Effect": "Allow", "Action": ["sns:Publish"], "Resource": [{"Ref": "NewsArn"}]}
    assert key == {
        "Effect": "Allow",
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Resource": [{"Ref": "EncryptionDataKeyArn"}],
        "Condition": {
            "StringEquals": {"kms:ViaService": {"Fn::Sub": "sns.${AWS::Region}.${AWS::URLSuffix}"}}
        },
    }
    (function,) = resources(assembly, "AWS::Lambda::Function").values()
    assert function["Properties"]["Environment"]["Variables"]["NEWS_TOPIC_ARN"] == {"Ref": "NewsArn"}


def test_a_subscriber_may_ask_for_some_messages_only() -> None:
    use = "{access: subscribe, filter: {severity: [warning, error]}}"
    (found,) = resources(compiled("topics: {news: {}}\n" + READER % use), "AWS::SNS::Subscription").values()
    assert found["Properties"]["FilterPolicy"] == {"severity": ["warning", "error"]}


def test_a_fifo_topic_has_a_name_that_ends_in_fifo() -> None:
    properties = topic("{fifo: true}")
    assert properties["TopicName"] == "shop-dev-news.fifo"
    assert properties["FifoTopic"] is True
    assert properties["ContentBasedDeduplication"] is False


def test_deduplication_needs_fifo() -> None:
    assert messages("topics: {news: {content_based_deduplication: true}}") == [
        "E210 only fifo topics drop repeated messages; write `fifo: true`, or remove this"
    ]


def test_a_function_cannot_subscribe_to_a_fifo_topic() -> None:
    assert messages("topics: {news: {fifo: true}}\n" + READER % "subscribe") == [
        "E211 only queues can subscribe to a fifo topic, and 'reader' is a function"
    ]


def test_a_fifo_queue_cannot_subscribe_to_a_standard_topic() -> None:
    body = "topics: {news: {}}\nqueues: {work: {fifo: true, connections: {news: subscribe}}}"
    assert messages(body) == [
        "E210 the fifo queue 'work' can only subscribe to a fifo topic; write `fifo: true` here"
    ]


def test_a_function_may_publish_to_a_fifo_topic() -> None:
    assert messages("topics: {news: {fifo: true}}\n" + READER % "publish") == []


def test_failed_deliveries_ring() -> None:
    alarm = resources(compiled("topics: {news: {}}"), "AWS::CloudWatch::Alarm")["NewsFailedDeliveriesAlarm"]
    assert alarm["Properties"]["MetricName"] == "NumberOfNotificationsFailed"
    assert alarm["Properties"]["Dimensions"] == [{"Name": "TopicName", "Value": {"Ref": "NewsName"}}]


FILTER = "topics: {news: {}}\n" + READER % "{access: subscribe, filter: %s}"


@pytest.mark.parametrize(
    "values",
    [
        ["warning", 5, 1.5, True],
        [{"prefix": "eu-"}, {"suffix": "-1"}, {"wildcard": "*x*"}, {"equals-ignore-case": "eu"}],
        [{"anything-but": ["debug", 5]}, {"anything-but": "x"}, {"anything-but": {"prefix": "test-"}}],
        [{"numeric": [">=", 100]}, {"numeric": [">", 0, "<=", 1.5]}],
        [{"exists": False}, {"cidr": "10.0.0.0/24"}],
    ],
)
def test_a_filter_may_say_all_that_sns_understands(values: list[Any]) -> None:
    found = resources(compiled(FILTER % json.dumps({"kind": values})), "AWS::SNS::Subscription")
    assert found["ReaderFromNews"]["Properties"]["FilterPolicy"] == {"kind": values}


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("{a: []}", "E107 {}.a must have at least 1 entry, not none"),
        ("{a: x}", 'E103 {}.a must be a list, not text "x"; write ["x"]'),
        (
            "{a: [[x]]}",
            "E103 {}.a[0] must be text, a number, true or false, or a condition such as {{prefix: eu-}}, "
            "not a list",
        ),
        ("{a: [{prefix: x, suffix: y}]}", "E107 {}.a[0] must have exactly 1 entry, not 2"),
        ("{a: [{}]}", "E107 {}.a[0] must have exactly 1 entry, not none"),
        ("{a: [{anything-but: []}]}", "E107 {}.a[0].anything-but must have at least 1 entry, not none"),
        ("{a: [{numeric: [5]}]}", "E107 {}.a[0].numeric must have from 2 to 4 entries, not 1"),
        ('{a: [{numeric: ["=>", 5]}]}', 'E104 {}.a[0].numeric[0] must be one of <, <=, =, > or >=, not "=>"'),
    ],
)
def test_a_filter_that_sns_refuses_is_refused(wanted: str, message: str) -> None:
    assert messages(FILTER % wanted) == [message.format("functions.reader.connections.news.filter")]


@pytest.mark.parametrize(
    "numeric", ['[5, ">"]', '[">", "<"]', '[">", 5, "<"]', '[">", 5, "<", 3]', '["<", 3, ">", 5]']
)
def test_a_numeric_condition_is_a_comparison_or_a_range(numeric: str) -> None:
    (message,) = messages(FILTER % f"{{a: [{{numeric: {numeric}}}]}}")
    assert message == (
        "E210 the filter of 'reader': `numeric` of a is a comparison and a number, such as ['>=', 100], "
        "or a range upwards, such as ['>', 0, '<=', 150]"
    )


def test_a_filter_makes_150_combinations_at_most() -> None:
    assert messages(FILTER % json.dumps({"a": list(range(10)), "b": list(range(15))})) == []
    assert messages(FILTER % json.dumps({"a": list(range(10)), "b": list(range(16))})) == [
        "E210 the filter of 'reader': the values listed make 160 combinations, SNS takes 150; list fewer"
    ]


def test_an_existing_topic_is_used_with_its_own_key_and_nothing_is_made() -> None:
    spec = """\
        topics: {orders: {existing: {name: legacy, key: 1234abcd-12ab-34cd-56ef-1234567890ab}}}
        functions:
          send: {runtime: python3.13, inline: "def handler(e, c): pass", connections: {orders: publish}}
        """
    assembly = compiled(spec, "production")
    assert resources(assembly, "AWS::SNS::Topic").keys().isdisjoint({"OrdersTopic"})
    (role,) = (
        body for name, body in resources(assembly, "AWS::IAM::Role").items() if name.startswith("Send")
    )
    granted = {
        tuple(statement["Action"]): statement["Resource"]
        for statement in role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    }
    ours = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:"
    assert granted["sns:Publish",] == [{"Fn::Sub": ours % "sns" + "legacy"}]
    key = {"Fn::Sub": ours % "kms" + "key/1234abcd-12ab-34cd-56ef-1234567890ab"}
    assert granted["kms:Decrypt", "kms:GenerateDataKey"] == [key]


def test_what_says_how_to_make_a_topic_means_nothing_for_one_that_exists() -> None:
    found = problems("topics: {orders: {existing: {name: legacy}, fifo: true}}\n")
    message = "E218 'fifo' means nothing for what exists already; remove it, or remove 'existing'"
    assert {line.partition(" ")[2] for line in found} == {message}


def test_an_environment_may_adopt_what_the_others_make() -> None:
    head = HEAD.replace(
        "{profile: production}", "{profile: production, topics: {orders: {existing: {name: x}}}}"
    )
    assert problems("topics: {orders: {display: x}}\n".replace("display: x", "fifo: false"), head) == []
