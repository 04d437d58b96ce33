"""Event bus: closed, encrypted, with dead letters; senders reach this bus only; patterns are checked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from compiler.assembly import Assembly
from tests.specs import compiled, problems, resources

READER = """
event_buses: {orders: {}}
functions:
  reader:
    runtime: python3.13
    inline: "def handler(event, context): return {}"
    connections: {orders: %s}
"""


def buses(settings: str = "{}", environment: str = "dev") -> Assembly:
    return compiled(f"event_buses: {{orders: {settings}}}", environment)


def messages(use: str) -> list[str]:
    return problems(READER % use)


def rule(use: str) -> dict[str, Any]:
    (found,) = resources(compiled(READER % use), "AWS::Events::Rule").values()
    properties: dict[str, Any] = found["Properties"]
    return properties


def test_a_bus_is_encrypted_and_puts_aside_what_its_key_cannot_serve() -> None:
    (bus,) = resources(buses(), "AWS::Events::EventBus").values()
    bus["Properties"].pop("Tags")
    assert bus["Properties"] == {
        "Name": "shop-dev-orders",
        "KmsKeyIdentifier": {"Ref": "EncryptionDataKeyArn"},
        "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["OrdersDeadLetterQueue", "Arn"]}},
    }
    (policy,) = resources(buses(), "AWS::SQS::QueuePolicy").values()
    _, admits = policy["Properties"]["PolicyDocument"]["Statement"]
    assert admits["Condition"] == {"ArnLike": {"aws:SourceArn": [{"Fn::GetAtt": ["OrdersEventBus", "Arn"]}]}}
    (alarm,) = resources(buses(), "AWS::CloudWatch::Alarm").values()
    assert alarm["Properties"]["Dimensions"] == [
        {"Name": "QueueName", "Value": {"Ref": "OrdersDeadLetterName"}}
    ]


def test_a_bus_has_no_policy_so_nobody_outside_the_account_may_send() -> None:
    assert "Policy" not in next(iter(resources(buses(), "AWS::Events::EventBus").values()))["Properties"]
    assert resources(buses(), "AWS::Events::EventBusPolicy") == {}


def test_the_key_lets_eventbridge_use_it_for_this_account_only() -> None:
    (key,) = resources(buses(), "AWS::KMS::Key").values()
    (events,) = [found for found in key["Properties"]["KeyPolicy"]["Statement"] if found["Sid"] == "Events"]
    assert events["Principal"] == {"Service": "events.amazonaws.com"}
    assert events["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:DescribeKey"]
    assert events["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_the_key_lets_eventbridge_send_to_the_queues_of_this_account() -> None:
    (key,) = resources(buses(), "AWS::KMS::Key").values()
    statements = {found["Sid"]: found for found in key["Properties"]["KeyPolicy"]["Statement"]}
    queues = "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:*"
    assert statements["EventsToQueues"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert statements["EventsToQueues"]["Condition"] == {
        "ArnLike": {"kms:EncryptionContext:aws:sqs:arn": {"Fn::Sub": queues}}
    }


def test_events_are_kept_when_asked_and_outlive_production() -> None:
    assert resources(buses(), "AWS::Events::Archive") == {}
    for environment, policy in (("dev", "Delete"), ("production", "RetainExceptOnCreate")):
        (archive,) = resources(
            buses("{archive: {retention: 90d}}", environment), "AWS::Events::Archive"
        ).values()
        assert archive["DeletionPolicy"] == policy
        assert archive["Properties"] == {
            "SourceArn": {"Fn::GetAtt": ["OrdersEventBus", "Arn"]},
            "RetentionDays": 90,
            "KmsKeyIdentifier": {"Ref": "EncryptionDataKeyArn"},
        }


def test_an_archive_counts_whole_days() -> None:
    assert problems("event_buses: {orders: {archive: {retention: 36h}}}") == [
        "spec.yaml:7:34 E105 36h is not whole days; write 1d or 2d"
    ]


def test_senders_may_put_events_onto_this_bus_and_know_its_name() -> None:
    assembly = compiled(READER % "send")
    role = resources(assembly, "AWS::IAM::Role")["ReaderRole"]["Properties"]
    _, send = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert (send["Action"], send["Resource"]) == (["events:PutEvents"], [{"Ref": "OrdersArn"}])
    function = resources(assembly, "AWS::Lambda::Function")["ReaderFunction"]["Properties"]
    assert function["Environment"]["Variables"]["ORDERS_EVENT_BUS_NAME"] == {"Ref": "OrdersName"}


def test_a_function_gets_the_events_that_match_by_a_rule_in_its_own_stack() -> None:
    pattern = "{source: [shop], detail-type: [Paid], detail: {sum: [{numeric: ['>', 5]}]}}"
    found = rule(f"{{access: receive, pattern: {pattern}}}")
    assert found["EventBusName"] == {"Ref": "OrdersName"}
    assert found["EventPattern"] == {
        "source": ["shop"],
        "detail-type": ["Paid"],
        "detail": {"sum": [{"numeric": [">", 5]}]},
    }
    (target,) = found["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": ["ReaderFunction", "Arn"]}
    assert target["DeadLetterConfig"] == {"Arn": {"Ref": "ReaderDeadLetterArn"}}
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 20}


def test_a_receiver_sends_only_when_it_may() -> None:
    for use, may in (("receive", False), ("{access: receive, send: true, pattern: {source: [a]}}", True)):
        assert ("events:PutEvents" in json.dumps(resources(compiled(READER % use), "AWS::IAM::Role"))) == may


def test_without_a_pattern_every_event_of_the_account_is_meant() -> None:
    assert rule("receive")["EventPattern"] == {"account": [{"Ref": "AWS::AccountId"}]}


def test_only_rules_on_this_bus_put_aside_what_the_function_did_not_take() -> None:
    policy = resources(compiled(READER % "receive"), "AWS::SQS::QueuePolicy")["ReaderDeadLetterQueuePolicy"]
    _, admits = policy["Properties"]["PolicyDocument"]["Statement"]
    rules = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/shop-dev-orders/*"
    assert admits["Condition"] == {"ArnLike": {"aws:SourceArn": [{"Fn::Sub": rules}]}}


def test_a_rule_is_watched_by_its_name_and_its_bus() -> None:
    assembly = compiled(READER % "receive")
    alarms = resources(assembly, "AWS::CloudWatch::Alarm")
    watched = {
        name: alarm["Properties"]["MetricName"] for name, alarm in alarms.items() if "ReaderLost" in name
    }
    assert watched == {
        "ReaderLostCallsAlarm": "DestinationDeliveryFailures",
        "ReaderLostFromOrdersAlarm": "InvocationsFailedToBeSentToDlq",
    }
    assert alarms["ReaderUndeliveredFromOrdersAlarm"]["Properties"]["MetricName"] == "FailedInvocations"
    assert alarms["ReaderDelayedFromOrdersAlarm"]["Properties"]["Dimensions"] == [
        {"Name": "EventBusName", "Value": {"Ref": "OrdersName"}},
        {"Name": "RuleName", "Value": {"Ref": "ReaderRuleFromOrders"}},
    ]
    name = assembly.stack("shop-dev-compute").template["Outputs"]["ReaderRuleFromOrders"]["Value"]
    assert name == {"Fn::Select": [2, {"Fn::Split": ["/", {"Fn::GetAtt": ["ReaderFromOrders", "Arn"]}]}]}


@pytest.mark.parametrize(
    "pattern",
    [
        "{source: [{prefix: shop.}, {suffix: .orders}, {equals-ignore-case: SHOP}, {wildcard: 'a*b'}]}",
        "{detail: {a: [{exists: true}], b: {c: [1, 2.5, true]}, ip: [{cidr: 10.0.0.0/24}]}}",
        "{detail: {a: [{anything-but: x}], b: [{anything-but: [x, 1]}], c: [{anything-but: {prefix: [x]}}]}}",
        "{detail: {a: [{numeric: ['>', 0, '<=', 5]}], b: [{prefix: {equals-ignore-case: x}}]}}",
        "{detail: {$or: [{a: [1]}, {b: [{exists: false}]}]}}",
    ],
)
def test_what_eventbridge_takes_is_taken(pattern: str) -> None:
    assert messages(f"{{access: receive, pattern: {pattern}}}") == []


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("{}", "a pattern names at least one field; without a pattern every event is meant"),
        ("{detail: {a: x}}", "detail.a must be a list of values or conditions, such as [open], not 'x'"),
        ("{detail: {a: []}}", "detail.a must be a list of values or conditions, such as [open], not []"),
        ("{detail: {a: [[x]]}}", "detail.a must hold values or conditions, not the list ['x']"),
        ("{detail: {a: [null]}}", "detail.a must hold values or conditions, not null"),
        (
            "{source: [{starts: x}]}",
            "source: a condition has one key of anything-but, cidr, equals-ignore-case",
        ),
        ("{source: [{prefix: x, suffix: y}]}", "source: a condition has one key of"),
        ("{source: [{prefix: 5}]}", "source: `prefix` takes a text, not 5"),
        ("{source: [{wildcard: 'a**b'}]}", "source: `wildcard` takes a text with * for any characters"),
        ("{source: [{exists: 1}]}", "source: `exists` takes true or false, not 1"),
        ("{detail: {a: [{cidr: 10.0.0.0}]}}", "detail.a: `cidr` takes a block of addresses"),
        ("{detail: {a: [{numeric: ['<', 5, '>', 1]}]}}", "detail.a: `numeric` takes a comparison"),
        ("{detail: {a: [{numeric: ['>', 5, '<', 1]}]}}", "detail.a: `numeric` takes a comparison"),
        ("{detail: {a: [{numeric: ['>', x]}]}}", "detail.a: `numeric` takes a comparison"),
        ("{detail: {a: [{anything-but: {exists: true}}]}}", "detail.a: `anything-but` takes a value"),
        ("{detail: {$or: [{a: [1]}]}}", "detail.$or must be a list of two mappings or more"),
        ("{detail: {$or: [{a: [1]}, {b: x}]}}", "detail.$or.b must be a list of values"),
        (f"{{source: [{'x' * 2050}]}}", "EventBridge takes 2048; shorten it"),
    ],
)
def test_what_eventbridge_refuses_is_said_where_the_consumer_says_it(pattern: str, message: str) -> None:
    body = READER % f"{{access: receive, pattern: {pattern}}}"
    (problem,) = problems(body)
    assert problem.startswith(
        "spec.yaml:12:19 E203 'pattern' of 'receive' on the event_bus 'orders' cannot be "
    )
    assert message in problem


def test_an_unknown_field_of_a_pattern_is_named() -> None:
    (problem,) = messages("{access: receive, pattern: {detailtype: [x]}}")
    assert "E101" in problem
    assert "detail-type" in problem


def test_only_what_can_be_started_receives() -> None:
    spec = "event_buses: {a: {}}\nnetwork: {}\nservices: {web: {image: {repository: r, tag: '1'}, %s}}\n"
    (problem,) = problems(spec % "connections: {a: receive}")
    assert "E211 a service cannot 'receive' an event_bus: it is not started by an event_bus" in problem


def test_nothing_of_a_pattern_gets_lost() -> None:
    pattern = {"source": ["a"], "resources": [{"prefix": "arn:"}], "detail": {"x": {"y": [False, 1.5]}}}
    assert rule(f"{{access: receive, pattern: {json.dumps(pattern)}}}")["EventPattern"] == pattern


def test_who_sends_back_every_event_would_never_end() -> None:
    (found,) = messages("{access: receive, send: true}")
    assert found.startswith("spec.yaml:12:19 E210 'orders' brings every event, those sent from here too, ")
    there = READER.replace("orders: {}", "orders: {existing: {name: default}}")
    assert len(problems(there % "{access: receive, send: true}")) == 1
    assert messages("{access: receive, send: true, pattern: {source: [shop.web]}}") == []


def test_who_only_receives_takes_no_parameter_that_it_would_not_use() -> None:
    for stack in compiled(READER % "receive").stacks:
        used = json.dumps({name: part for name, part in stack.template.items() if name != "Parameters"})
        assert [name for name in stack.template.get("Parameters", {}) if f'"{name}"' not in used] == []
