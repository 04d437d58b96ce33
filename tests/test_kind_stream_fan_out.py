"""Consumers with read throughput of their own: registered with the stream, and watched one by one."""

from __future__ import annotations

import json
from typing import Any

from compiler.assembly import Assembly
from tests.specs import compiled, problems, resources

FUNCTION = """
streams: {clicks: {}}
functions:
  use:
    runtime: python3.13
    inline: "def handler(event, context): pass"
    connections: {clicks: {access: consume, enhanced_fan_out: %s}}
"""
SERVICE = """
network: {}
streams: {clicks: {latency_objective: 5s}}
services:
  use: {image: {repository: use, tag: "1"}, connections: {clicks: {access: consume, enhanced_fan_out: true}}}
"""


def alarms(assembly: Assembly) -> dict[str, dict[str, Any]]:
    found = resources(assembly, "AWS::CloudWatch::Alarm")
    return {name: alarm["Properties"] for name, alarm in found.items() if name.startswith("Clicks")}


def allowed(assembly: Assembly, role: str) -> dict[str, Any]:
    """Action -> the resources it is allowed on."""
    found = resources(assembly, "AWS::IAM::Role")[role]["Properties"]["Policies"][0]["PolicyDocument"]
    return {action: each["Resource"] for each in found["Statement"] for action in each["Action"]}


def test_the_consumer_is_registered_beside_the_stream() -> None:
    (found,) = resources(compiled(FUNCTION % "true"), "AWS::Kinesis::StreamConsumer").values()
    assert {name: value for name, value in found["Properties"].items() if name != "Tags"} == {
        "ConsumerName": "shop-dev-use",
        "StreamARN": {"Fn::GetAtt": ["ClicksStream", "Arn"]},
    }
    assert resources(compiled(FUNCTION % "false"), "AWS::Kinesis::StreamConsumer") == {}


def test_a_function_is_started_by_its_registration_and_not_by_the_stream() -> None:
    assembly = compiled(FUNCTION % "true")
    (mapping,) = resources(assembly, "AWS::Lambda::EventSourceMapping").values()
    assert mapping["Properties"]["EventSourceArn"] == {"Ref": "ClicksConsumerArnOfUse"}
    actions = allowed(assembly, "UseRole")
    assert actions["kinesis:SubscribeToShard"] == [{"Ref": "ClicksConsumerArnOfUse"}]
    assert actions["kinesis:ListShards"] == [{"Ref": "ClicksArn"}]
    polled = compiled(FUNCTION % "false")
    assert "kinesis:SubscribeToShard" not in allowed(polled, "UseRole")


def test_a_service_learns_how_to_read_and_as_whom() -> None:
    task = json.dumps(compiled(SERVICE).stack("shop-dev-compute").template)
    assert '{"Name": "CLICKS_RETRIEVAL_MODE", "Value": "FANOUT"}' in task
    assert '{"Name": "CLICKS_CONSUMER_ARN", "Value": {"Ref": "ClicksConsumerArnOfUse"}}' in task
    assert '{"Name": "CLICKS_APPLICATION", "Value": "shop-dev-use"}' in task


def test_a_service_that_falls_behind_rings_by_its_own_name() -> None:
    alarm = alarms(compiled(SERVICE))["ClicksLagOfUseAlarm"]
    assert (alarm["MetricName"], alarm["Threshold"]) == ("SubscribeToShardEvent.MillisBehindLatest", 5000)
    assert alarm["Dimensions"] == [
        {"Name": "ConsumerName", "Value": "shop-dev-use"},
        {"Name": "StreamName", "Value": {"Ref": "ClicksName"}},
    ]


def test_a_functions_own_alarm_tells_its_lag() -> None:
    assembly = compiled(FUNCTION % "true")
    assert "ClicksLagOfUseAlarm" not in alarms(assembly)
    assert "UseIteratorAgeAlarm" in resources(assembly, "AWS::CloudWatch::Alarm")


def test_silence_of_those_who_poll_rings_only_when_somebody_polls() -> None:
    pushed, polled = compiled(FUNCTION % "true"), compiled(FUNCTION % "false")
    assert alarms(pushed)["ClicksConsumerLagAlarm"]["TreatMissingData"] == "notBreaching"
    assert alarms(polled)["ClicksConsumerLagAlarm"]["TreatMissingData"] == "breaching"


def crowd(count: int, fan_out: str) -> list[str]:
    use = (
        "{runtime: python3.13, inline: 'def handler(event, context): pass', "
        f"connections: {{clicks: {{access: consume, enhanced_fan_out: {fan_out}}}}}}}"
    )
    functions = "".join(f"  use-{number}: {use}\n" for number in range(count))
    head = "schema_version: 1\nplatform: shop\nregion: eu-west-1\nenvironments: {dev: {profile: dev}}\n"
    found = problems(f"streams: {{clicks: {{}}}}\nfunctions:\n{functions}", head)
    return [problem.split(" ", 1)[1] for problem in found]


def test_a_stream_registers_twenty_consumers_and_five_can_poll() -> None:
    assert crowd(20, "true") == crowd(5, "false") == []
    assert crowd(21, "true") == [
        "E210 21 consumers have enhanced fan-out, a stream registers 20; let some poll, or spread the "
        "records over several streams"
    ]
