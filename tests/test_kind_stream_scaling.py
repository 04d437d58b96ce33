"""Streams whose shards follow what comes in: with how many they begin, the alarms, and who may do what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.specs import compiled, problems, resources

SCALING = "scaling: {min_shards: 4, max_shards: 32, target_utilization: 60%}"
LOAD = "load: {devices: 10000, messages_per_second: 1, message_size: 512B}"  # needs 13


def built(type_: str, settings: str = SCALING, environment: str = "dev") -> dict[str, dict[str, Any]]:
    found = resources(compiled(f"streams: {{clicks: {{{settings}}}}}\n", environment), f"AWS::{type_}")
    return {name: resource["Properties"] for name, resource in found.items()}


def wrong(settings: str) -> list[str]:
    """What is wrong in dev."""
    head = "schema_version: 1\nplatform: shop\nregion: eu-west-1\nenvironments:\n  dev: {profile: dev}\n\n"
    return problems(f"streams: {{clicks: {{{settings}}}}}\n", head)


@pytest.mark.parametrize(
    ("settings", "count"),
    [
        (SCALING, 4),
        (f"{SCALING}, shards: 7", 7),
        (f"{SCALING}, shards: 2", 2),  # what it once began with; the scaler has moved on
        (f"{SCALING}, {LOAD}", 13),
        ("scaling: {max_shards: 8}", 1),
    ],
)
def test_it_begins_with_the_shards_written_or_those_that_load_or_limits_ask_for(
    settings: str, count: int
) -> None:
    assert built("Kinesis::Stream", settings)["ClicksStream"]["ShardCount"] == count


def test_a_stream_without_scaling_has_no_scaler() -> None:
    assert built("Lambda::Function", "shards: 2") == {}
    assert "ClicksTooFewShardsAlarm" not in built("CloudWatch::Alarm", "shards: 2")


def test_one_alarm_asks_for_more_when_the_shards_are_fuller_than_wanted() -> None:
    alarm = built("CloudWatch::Alarm")["ClicksTooFewShardsAlarm"]
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 60)
    assert (alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (3, 5)
    *queries, result = alarm["Metrics"]
    assert result["Expression"] == (
        "100 * MAX([FILL(bytes, 0) / 62914560, FILL(records, 0) / 60000]) / FILL(shards, REPEAT)"
    )
    assert [
        (query["Id"], query["MetricStat"]["Metric"]["MetricName"], query["MetricStat"]["Period"])
        for query in queries
    ] == [("bytes", "IncomingBytes", 60), ("records", "IncomingRecords", 60), ("shards", "ShardCount", 60)]


def test_the_other_asks_for_fewer_only_when_half_would_have_done_for_an_hour() -> None:
    alarm = built("CloudWatch::Alarm")["ClicksTooManyShardsAlarm"]
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 30)
    assert alarm["DatapointsToAlarm"] == alarm["EvaluationPeriods"] == 12
    assert alarm["Metrics"][0]["MetricStat"]["Period"] == 300


def test_both_alarms_call_the_scaler_in_every_environment() -> None:
    """The synthetic profile turns alarms off that tell people; these tell the scaler."""
    for environment in ("dev", "production"):
        alarms = built("CloudWatch::Alarm", environment=environment)
        for name in ("ClicksTooFewShardsAlarm", "ClicksTooManyShardsAlarm"):
            assert alarms[name]["AlarmActions"] == [{"Fn::GetAtt": ["ClicksScalerFunction", "Arn"]}]
            assert "ActionsEnabled" not in alarms[name]


def test_the_function_admits_its_alarms_and_its_clock_and_nobody_else() -> None:
    admitted = built("Lambda::Permission")
    callers = {each["SourceArn"]["Fn::GetAtt"][0]: each["Principal"] for each in admitted.values()}
    assert callers == {
        "ClicksTooFewShardsAlarm": "lambda.alarms.cloudwatch.amazonaws.com",
        "ClicksTooManyShardsAlarm": "lambda.alarms.cloudwatch.amazonaws.com",
        "ClicksScalerClock": "events.amazonaws.com",
    }
    assert all(each["SourceAccount"] == {"Ref": "AWS::AccountId"} for each in admitted.values())


def test_a_clock_calls_it_every_minute_for_an_alarm_calls_only_once() -> None:
    (clock,) = built("Events::Rule").values()
    assert clock["ScheduleExpression"] == "rate(1 minute)"
    assert [target["Arn"] for target in clock["Targets"]] == [{"Fn::GetAtt": ["ClicksScalerFunction", "Arn"]}]


def test_it_may_change_this_stream_only_and_read_its_own_alarms_only() -> None:
    role = built("IAM::Role")["ClicksScalerRole"]
    statements = role["Policies"][0]["PolicyDocument"]["Statement"]
    allowed = {action: statement for statement in statements for action in statement["Action"]}
    assert allowed["kinesis:UpdateShardCount"]["Resource"] == [{"Fn::GetAtt": ["ClicksStream", "Arn"]}]
    alarms = allowed["cloudwatch:DescribeAlarms"]["Resource"]
    assert [arn["Fn::Sub"].rsplit(":", 1)[1] for arn in alarms] == [
        "shop-dev-clicks-too-few-shards",
        "shop-dev-clicks-too-many-shards",
    ]
    assert allowed["cloudwatch:PutMetricData"]["Condition"] == {
        "StringEquals": {"cloudwatch:namespace": "Formwork"}
    }
    everywhere = {action for action, statement in allowed.items() if statement["Resource"] == ["*"]}
    assert everywhere == {"cloudwatch:GetMetricData", "cloudwatch:PutMetricData"}


def test_it_is_told_the_limits_and_finds_alarms_of_the_names_it_is_told() -> None:
    function = built("Lambda::Function")["ClicksScalerFunction"]
    variables = function["Environment"]["Variables"]
    assert function["Handler"] == "scaler.app.handler"
    assert {name: variables[name] for name in ("MIN_SHARDS", "MAX_SHARDS", "TARGET_UTILIZATION")} == {
        "MIN_SHARDS": "4",
        "MAX_SHARDS": "32",
        "TARGET_UTILIZATION": "60",
    }
    alarms = built("CloudWatch::Alarm")
    assert variables["HIGH_ALARM"] == alarms["ClicksTooFewShardsAlarm"]["AlarmName"]
    assert variables["LOW_ALARM"] == alarms["ClicksTooManyShardsAlarm"]["AlarmName"]


def test_full_shards_ring_for_people_only_when_the_scaler_should_long_have_answered() -> None:
    alarm = built("CloudWatch::Alarm")["ClicksManyBytesAlarm"]
    assert alarm["Threshold"] == 80  # midway between 60 and 100
    assert alarm["Metrics"][-1]["Expression"] == (
        "100 * taken / (PERIOD(taken) * 1048576 * FILL(shards, REPEAT))"
    )


def test_a_scaler_that_fails_rings() -> None:
    alarm = built("CloudWatch::Alarm")["ClicksScalerErrorsAlarm"]
    assert alarm["MetricName"] == "Errors"
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": "ClicksScaler"}}]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            "mode: on_demand, scaling: {max_shards: 8}",
            "7:37 K006 AWS scales an on_demand stream by itself; remove `scaling`",
        ),
        (
            "scaling: {min_shards: 8, max_shards: 8}",
            "7:30 E210 'min_shards: 8' leaves nothing to scale up to 'max_shards: 8'; raise 'max_shards'",
        ),
    ],
)
def test_limits_that_make_no_sense_are_explained(settings: str, message: str) -> None:
    assert wrong(settings) == [f"spec.yaml:{message}"]


@pytest.mark.parametrize(
    "settings",
    [
        "{min_shards: 0, max_shards: 8}",
        "{max_shards: 10001}",
        "{max_shards: 8, target_utilization: 91%}",
        "{max_shards: 8, target_utilization: 9%}",
    ],
)
def test_values_out_of_range_are_refused(settings: str) -> None:
    (message,) = wrong(f"scaling: {settings}")
    assert " E106 streams.clicks.scaling." in message
