"""Notifications: every receiver once, and with a logical id of its own."""

from __future__ import annotations

from typing import Any

import pytest

from compiler import pipeline
from tests.specs import HEAD, compiled, document, problems, resources


def subscriptions(*addresses: str) -> dict[str, str]:
    """Address -> the logical id of its subscription."""
    listed = ", ".join(f"{{email: '{address}'}}" for address in addresses)
    found = resources(compiled(f"notifications: {{critical: [{listed}]}}\n"), "AWS::SNS::Subscription")
    return {resource["Properties"]["Endpoint"]: name for name, resource in found.items()}


def test_a_plain_address_names_its_subscription() -> None:
    assert subscriptions("oncall@example.com") == {
        "oncall@example.com": "NotificationsCriticalTopicOncallExampleCom"
    }


def test_addresses_that_differ_in_their_signs_only_do_not_collide() -> None:
    addresses = (
        "a.b@c.com",
        "a-b@c.com",
        "a@b.c.com",
        "a_b@c.com",
        "a+b@c.com",
        "aB@c.com",
        "ü@c.com",
    )
    found = subscriptions(*addresses)
    assert len(set(found.values())) == len(addresses)
    assert found["a@b.c.com"] == "NotificationsCriticalTopicABCCom"
    assert all(name.isascii() and name.isalnum() for name in found.values())


def test_a_long_address_stays_within_the_limit_of_logical_ids() -> None:
    (name,) = subscriptions(f"{'a' * 240}@example.com").values()
    assert len(name) < 255


def test_the_name_follows_from_the_address_alone() -> None:
    one, two = subscriptions("a.b@c.com"), subscriptions("x@y.com", "a.b@c.com")
    assert one["a.b@c.com"] == two["a.b@c.com"]


@pytest.mark.parametrize("again", ["a@b.co", "A@b.co"])
def test_a_receiver_is_listed_once(again: str) -> None:
    body = "notifications:\n  critical:\n    - email: a@b.co\n    - email: %s\n  warning: [{email: a@b.co}]\n"
    assert problems(body % again) == [f"spec.yaml:10:7 E107 '{again}' is listed twice; remove one of the two"]


CHAT = "{slack: {workspace: T0ABC, channel: C0ABC}}"
TEAMS = (
    "{teams: {team: 12345678-1234-1234-1234-123456789012, tenant: 12345678-1234-1234-1234-123456789012, "
    "channel: 19%3Aab%40thread.tacv2}}"
)


def made(settings: str, type_: str) -> dict[str, dict[str, Any]]:
    """The properties of what is made of one type, by logical id."""
    found = resources(compiled(f"notifications: {settings}\n", "production"), type_)
    return {name: resource["Properties"] for name, resource in found.items()}


def test_a_url_is_told_by_post() -> None:
    (found,) = made(
        "{warning: [{https: 'https://alerts.example.com/aws'}]}", "AWS::SNS::Subscription"
    ).values()
    assert (found["Protocol"], found["Endpoint"]) == ("https", "https://alerts.example.com/aws")
    assert found["TopicArn"] == {"Ref": "NotificationsWarningTopic"}


@pytest.mark.parametrize(
    "url", ["http://alerts.example.com", "https://me:secret@alerts.example.com/aws", "https://"]
)
def test_a_url_is_encrypted_and_holds_no_password(url: str) -> None:
    (message,) = problems(f"notifications: {{warning: [{{https: '{url}'}}]}}")
    assert (
        "must be an https URL such as https://alerts.example.com/aws, without a user or password" in message
    )


def test_a_chat_channel_that_hears_of_both_is_configured_once() -> None:
    body = f"{{critical: [{CHAT}], warning: [{CHAT}, {TEAMS}]}}"
    (slack,) = made(body, "AWS::Chatbot::SlackChannelConfiguration").values()
    assert slack["SnsTopicArns"] == [
        {"Ref": "NotificationsCriticalTopic"},
        {"Ref": "NotificationsWarningTopic"},
    ]
    (teams,) = made(body, "AWS::Chatbot::MicrosoftTeamsChannelConfiguration").values()
    assert teams["SnsTopicArns"] == [{"Ref": "NotificationsWarningTopic"}]
    assert teams["TeamsChannelId"] == "19%3Aab%40thread.tacv2"


def test_from_a_chat_people_can_look_at_alarms_and_no_more() -> None:
    body = f"{{warning: [{CHAT}, {TEAMS}]}}"
    (slack,) = made(body, "AWS::Chatbot::SlackChannelConfiguration").values()
    guardrail = "arn:${AWS::Partition}:iam::aws:policy/CloudWatchReadOnlyAccess"
    assert slack["GuardrailPolicies"] == [{"Fn::Sub": guardrail}]
    ((name, role),) = made(body, "AWS::IAM::Role").items()
    assert slack["IamRoleArn"] == {"Fn::GetAtt": [name, "Arn"]}
    actions = [
        action
        for statement in role["Policies"][0]["PolicyDocument"]["Statement"]
        for action in statement["Action"]
    ]
    assert all(
        action.startswith(("cloudwatch:Describe", "cloudwatch:Get", "cloudwatch:List")) for action in actions
    )


def test_without_chats_there_is_no_role() -> None:
    assert made("{warning: [{email: a@b.co}]}", "AWS::IAM::Role") == {}


def test_a_receiver_is_one_thing() -> None:
    head = "E210 a receiver has exactly one of email, https, slack, teams; this one has"
    assert problems("notifications: {critical: [{}]}") == [f"spec.yaml:7:28 {head} none"]
    both = "notifications: {critical: [{email: a@b.co, https: 'https://b.co/x'}]}"
    assert problems(both) == [f"spec.yaml:7:28 {head} email and https"]


def test_a_chat_channel_is_listed_once() -> None:
    assert problems(f"notifications: {{critical: [{CHAT}, {CHAT}]}}") == [
        "spec.yaml:7:73 E107 this slack channel is listed twice; remove one of the two"
    ]


def test_rules_of_the_platform_may_tell_the_warning_topic_only() -> None:
    policies = made("{}", "AWS::SNS::TopicPolicy")
    admitted = {
        name: [statement.get("Sid") for statement in policy["PolicyDocument"]["Statement"]]
        for name, policy in policies.items()
    }
    assert admitted == {
        "NotificationsCriticalTopicPolicy": ["Alarms", "TlsOnly"],
        "NotificationsWarningTopicPolicy": ["Alarms", "Events", "TlsOnly"],
    }
    rule = policies["NotificationsWarningTopicPolicy"]["PolicyDocument"]["Statement"][1]
    ours = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/shop-production-*"
    assert rule["Condition"] == {"ArnLike": {"aws:SourceArn": {"Fn::Sub": ours}}}


def test_rules_may_tell_even_where_cloudformation_shortens_their_names() -> None:
    head = HEAD.replace("platform: shop", "platform: telemetry-of-machine")
    read = document("queues: {work: {}}\n", head)
    assembly = pipeline.compile_spec(read, "production", lambda folder: {})
    policy = resources(assembly, "AWS::SNS::TopicPolicy")["NotificationsWarningTopicPolicy"]
    source = policy["Properties"]["PolicyDocument"]["Statement"][1]["Condition"]["ArnLike"]["aws:SourceArn"]
    assert source["Fn::Sub"].endswith(":rule/telemetry-of-machine*")


def test_the_key_of_the_topics_lets_events_in_for_the_platforms_topics_only() -> None:
    assembly = compiled("queues: {work: {}}", "production")
    keys = resources(assembly, "AWS::KMS::Key")
    topics = resources(assembly, "AWS::SNS::Topic").values()
    assert all(
        topic["Properties"]["KmsMasterKeyId"]["Fn::GetAtt"][0] == "EncryptionLogsKey" for topic in topics
    )
    statements = keys["EncryptionLogsKey"]["Properties"]["KeyPolicy"]["Statement"]
    (found,) = [statement for statement in statements if statement["Sid"] == "EventsToTopics"]
    assert found["Principal"] == {"Service": "events.amazonaws.com"}
    ours = "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:shop-production-*"
    assert found["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": {"Fn::Sub": ours}}}


ROTATED = "secrets: {token: {rotation: {every: 30d}}}\n"


def test_a_failed_rotation_tells_of_this_secret_only() -> None:
    (rule,) = resources(compiled(ROTATED, "production"), "AWS::Events::Rule").values()
    detail = rule["Properties"]["EventPattern"]["detail"]
    assert detail["eventName"] == ["RotationFailed"]
    assert detail["additionalEventData"] == {"SecretId": [{"Ref": "TokenArn"}]}
    (target,) = rule["Properties"]["Targets"]
    assert target["Arn"] == {"Ref": "NotificationsWarningTopicArn"}


def test_a_failed_deployment_tells_of_this_cluster_only() -> None:
    service = "services: {batch: {image: {repository: a, tag: '1'}, cpu: 256, memory: 512}}\nnetwork: {}"
    (rule,) = resources(compiled(service, "production"), "AWS::Events::Rule").values()
    pattern = rule["Properties"]["EventPattern"]
    assert "SERVICE_DEPLOYMENT_FAILED" in pattern["detail"]["eventName"]
    ours = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:service/shop-production-cluster/"
    assert pattern["resources"] == [{"prefix": {"Fn::Sub": ours}}]


@pytest.mark.parametrize(("environment", "state"), [("dev", "DISABLED"), ("production", "ENABLED")])
def test_rules_are_silent_where_alarms_are(environment: str, state: str) -> None:
    (rule,) = resources(compiled(ROTATED, environment), "AWS::Events::Rule").values()
    assert rule["Properties"]["State"] == state
