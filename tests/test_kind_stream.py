"""Streams: shards from the load, what the verbs grant, and the alarms."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.specs import compiled, findings, problems, resources

FUNCTION = (
    "functions: {use: {runtime: python3.13, inline: 'def handler(event, context): pass', "
    "connections: {clicks: %s}}}\n"
)
SERVICE = """\
network: {}
services:
  use: {image: {repository: use, tag: "1"}, connections: {clicks: consume}}
"""


def stream(settings: str, environment: str = "dev") -> dict[str, Any]:
    (found,) = resources(
        compiled(f"streams: {{clicks: {settings}}}\n", environment), "AWS::Kinesis::Stream"
    ).values()
    properties: dict[str, Any] = found["Properties"]
    return properties


def alarms(rest: str = "", settings: str = "{}") -> dict[str, dict[str, Any]]:
    found = resources(compiled(f"streams: {{clicks: {settings}}}\n{rest}"), "AWS::CloudWatch::Alarm")
    return {name: alarm["Properties"] for name, alarm in found.items() if name.startswith("Clicks")}


def actions(role: str, rest: str) -> dict[str, Any]:
    """Action -> the resources it is allowed on."""
    found = resources(compiled("streams: {clicks: {}}\n" + rest), "AWS::IAM::Role")[role]
    statements = found["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    return {action: s["Resource"] for s in statements for action in s["Action"]}


@pytest.mark.parametrize(
    ("devices", "rate", "size", "consumers", "shards"),
    [
        (10000, 0.2, "512B", 1, 3),  # 2,000 records a second and a quarter more
        (10000, 1, "512B", 1, 13),  # records bind
        (1000, 1, "10KiB", 1, 13),  # bytes in bind: 9.8 MiB a second
        (1000, 1, "4KiB", 5, 13),  # bytes out bind: five readers share 2 MiB a shard
        (1, 0.01, "1B", 1, 1),
    ],
)
def test_the_load_gives_the_shards(devices: int, rate: float, size: str, consumers: int, shards: int) -> None:
    load = f"devices: {devices}, messages_per_second: {rate}, message_size: {size}, consumers: {consumers}"
    assert stream(f"{{load: {{{load}}}}}")["ShardCount"] == shards


def test_on_demand_streams_have_no_shards_of_their_own() -> None:
    assert "ShardCount" not in stream("{mode: on_demand}")
    assert problems("streams: {clicks: {mode: on_demand, shards: 2}}\n") == [
        "spec.yaml:7:37 K006 an on_demand stream has no shards of its own; remove `shards`"
    ]


def test_streams_are_encrypted_and_kept_longer_in_production() -> None:
    dev, production = stream("{}"), stream("{}", "production")
    assert dev["StreamEncryption"]["KeyId"] == {"Ref": "EncryptionDataKeyArn"}
    assert (dev["RetentionPeriodHours"], production["RetentionPeriodHours"]) == (24, 168)
    assert "DesiredShardLevelMetrics" not in dev
    assert len(production["DesiredShardLevelMetrics"]) == 7


def test_a_producer_may_put_and_a_function_that_consumes_may_read() -> None:
    produce, consume = actions("UseRole", FUNCTION % "produce"), actions("UseRole", FUNCTION % "consume")
    assert {"kinesis:PutRecord", "kms:GenerateDataKey"} <= set(produce)
    assert {"kinesis:GetRecords", "kms:Decrypt"} <= set(consume)
    assert not {"kinesis:GetRecords", "kms:Decrypt"} & set(produce) - {"kms:Decrypt"}
    assert not any(action.startswith("dynamodb:") for action in consume)
    assert consume["kinesis:GetRecords"] == [{"Ref": "ClicksArn"}]


def test_a_service_that_consumes_keeps_its_leases_in_tables_of_its_own_name() -> None:
    found = actions("UseTaskRole", SERVICE)
    assert [arn["Fn::Sub"].rsplit(":", 1)[1] for arn in found["dynamodb:UpdateItem"]] == [
        "table/shop-dev-use",
        "table/shop-dev-use/index/*",
        "table/shop-dev-use-WorkerMetricStats",
        "table/shop-dev-use-CoordinatorState",
    ]
    task = json.dumps(compiled("streams: {clicks: {}}\n" + SERVICE).stack("shop-dev-compute").template)
    assert '{"Name": "CLICKS_RETRIEVAL_MODE", "Value": "POLLING"}' in task
    assert '{"Name": "CLICKS_APPLICATION", "Value": "shop-dev-use"}' in task


def test_a_function_retries_a_bounded_number_of_times() -> None:
    (mapping,) = resources(
        compiled("streams: {clicks: {}}\n" + FUNCTION % "consume"), "AWS::Lambda::EventSourceMapping"
    ).values()
    properties = mapping["Properties"]
    assert properties["MaximumRetryAttempts"] == 5
    assert properties["BisectBatchOnFunctionError"] is True
    assert properties["DestinationConfig"]["OnFailure"]


def test_lag_of_more_than_two_seconds_rings_and_so_does_a_consumer_that_is_silent() -> None:
    unused, used = alarms()["ClicksConsumerLagAlarm"], alarms(FUNCTION % "consume")["ClicksConsumerLagAlarm"]
    assert (used["Threshold"], used["Statistic"], used["DatapointsToAlarm"]) == (2000, "Maximum", 3)
    assert (unused["TreatMissingData"], used["TreatMissingData"]) == ("notBreaching", "breaching")


def test_shards_that_fill_up_ring_before_writes_are_refused() -> None:
    found = alarms(settings="{shards: 4}")["ClicksManyBytesAlarm"]
    assert found["Metrics"][-1]["Expression"] == "100 * taken / (PERIOD(taken) * 4194304)"
    assert "ClicksManyBytesAlarm" not in alarms(settings="{mode: on_demand}")


LOAD = "load: {devices: 10000, messages_per_second: %s, message_size: 512B}"


def test_shards_beside_a_load_must_carry_it() -> None:
    said = (
        "2 shards carry 1,600 such messages a second with that headroom, 1,600 devices; 10,000 devices x "
        "1 message/s x 512B, read by 1 consumer = 10,000 records in, 4.88 MiB in and 4.88 MiB out a second; "
        "+ 25% headroom: records in bind, 12,500 / 1,000 = 12.5, so 13 shards; "
        "write 13, or remove `shards`"
    )
    heard = "notifications: {critical: [{email: oncall@example.com}]}\n"
    assert findings(f"streams: {{clicks: {{shards: 2, {LOAD % 1}}}}}\n{heard}") == [
        f"spec.yaml:7:20 K001 error (production): {said}"
    ]
    assert stream(f"{{shards: 14, {LOAD % 1}}}")["ShardCount"] == 14


def test_a_load_that_no_stream_carries_is_refused() -> None:
    assert problems(f"streams: {{clicks: {{{LOAD % 1000}}}}}\n") == [
        "spec.yaml:7:20 E210 10,000 devices x 1,000 messages/s x 512B, read by 1 consumer = 10,000,000 "
        "records in, 4,883 MiB in and 4,883 MiB out a second; + 25% headroom: records in bind, 12,500,000 / "
        "1,000 = 12,500, so 12,500 shards, but a stream has 10,000 at most; spread it over several streams"
    ]
    assert problems(f"streams: {{clicks: {{mode: on_demand, {LOAD % 1000}}}}}\n") == []


@pytest.mark.parametrize(
    "wrong",
    [
        "devices: 2000000000, messages_per_second: 1, message_size: 1B",
        "devices: 1, messages_per_second: 10000000, message_size: 1B",
        "devices: 1, messages_per_second: 1, message_size: 1B, consumers: 101",
        "devices: 1, messages_per_second: 1, message_size: 1B, headroom: 1001%",
    ],
)
def test_every_part_of_a_load_has_a_limit(wrong: str) -> None:
    (message,) = problems(f"streams: {{clicks: {{load: {{{wrong}}}}}}}\n")
    assert " E106 streams.clicks.load." in message


def test_the_greatest_load_overflows_nothing() -> None:
    most = "devices: 1000000000, messages_per_second: 1000000, message_size: 10MiB"
    spare = "consumers: 100, headroom: 1000%"
    stream = f"max_record_size: 10MiB, load: {{{most}, {spare}}}"
    (message,) = problems(f"streams: {{clicks: {{{stream}}}}}\n")
    assert "at most; spread it over several streams" in message


def test_the_retention_is_whole_hours() -> None:
    assert problems("streams: {clicks: {retention: 1441m}}\n") == [
        "spec.yaml:7:20 E105 1441m is not whole hours; write 24h or 25h"
    ]


def test_records_may_be_larger_when_the_stream_is_told_so() -> None:
    assert "MaxRecordSizeInKiB" not in stream("{}")
    assert "MaxRecordSizeInKiB" not in stream("{max_record_size: 1024KiB}")
    assert stream("{max_record_size: 2560KiB}")["MaxRecordSizeInKiB"] == 2560


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            "load: {devices: 1, messages_per_second: 1, message_size: 2MiB}",
            "K002 2MiB is too much: records may be as large as 1MiB only; raise 'max_record_size'",
        ),
        ("max_record_size: 1048577B", "E105 1048577B is not whole KiB; write 1024KiB or 1025KiB"),
    ],
)
def test_sizes_of_records_must_fit_each_other_and_kinesis(settings: str, message: str) -> None:
    assert [found.split(" ", 1)[1] for found in problems(f"streams: {{clicks: {{{settings}}}}}\n")] == [
        message
    ]
