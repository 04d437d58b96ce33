"""Alarms on metric math, and what the emulator does with a bucket that is not empty."""

from typing import Any

import pytest

from tests.test_emulator import Account, account, emulator, faults, resource

__all__ = ["account", "emulator", "faults"]  # fixtures


def _query(name: str, stat: str, **more: Any) -> dict[str, Any]:
    metric = {
        "Namespace": "AWS/Lambda",
        "MetricName": name,
        "Dimensions": [{"Name": "FunctionName", "Value": "f"}],
    }
    return {
        "Id": name.lower(),
        "ReturnData": False,
        "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat, **more},
    }


def _math(*queries: dict[str, Any], **properties: Any) -> dict[str, Any]:
    result = {"Id": "result", "Expression": "100 * errors / invocations", "ReturnData": True}
    return {
        "Resources": {
            "Alarm": resource(
                "CloudWatch::Alarm",
                AlarmName="math",
                Metrics=[result, *queries],  # the expression may come first
                EvaluationPeriods=3,
                Threshold=1,
                ComparisonOperator="GreaterThanThreshold",
                **properties,
            )
        },
        "Outputs": {"Ref": {"Value": {"Ref": "Alarm"}}, "Arn": {"Value": {"Fn::GetAtt": ["Alarm", "Arn"]}}},
    }


def _alarms(account: Account) -> list[dict[str, Any]]:
    alarms: list[dict[str, Any]] = account.client("cloudwatch").describe_alarms()["MetricAlarms"]
    return alarms


_BY_STATISTIC = {"Sum": "Statistic", "SampleCount": "Statistic"} | dict.fromkeys(
    ("p99", "p99.9", "tm95", "IQM", "PR(1:5)"), "ExtendedStatistic"
)


@pytest.mark.parametrize(("stat", "key"), _BY_STATISTIC.items())
def test_an_alarm_on_metric_math_watches_its_first_metric(account: Account, stat: str, key: str) -> None:
    outputs = account.deploy(_math(_query("Errors", stat), _query("Invocations", "Sum")))
    assert outputs["Ref"] == "math"
    assert outputs["Arn"].endswith(":alarm:math")
    (alarm,) = _alarms(account)
    assert alarm[key] == stat
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "Errors")
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": "f"}]
    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (60, 3)


def test_an_alarm_on_metric_math_is_updated_in_place_and_deleted(account: Account) -> None:
    first = account.deploy(_math(_query("Errors", "p99"), _query("Invocations", "Sum")))
    changed = _math(_query("Invocations", "Sum", Unit="Count"), AlarmDescription="other")
    assert account.deploy(changed) == first
    (alarm,) = _alarms(account)
    assert (alarm["MetricName"], alarm["Statistic"]) == ("Invocations", "Sum")
    assert (alarm["Unit"], alarm["AlarmDescription"]) == ("Count", "other")
    assert not alarm.get("ExtendedStatistic")
    account.delete()
    assert _alarms(account) == []


def test_an_alarm_goes_from_metric_math_to_one_metric_and_back(account: Account) -> None:
    math = _math(_query("Errors", "p99"))
    first = account.deploy(math)
    plain = _math()
    properties = plain["Resources"]["Alarm"]["Properties"]
    del properties["Metrics"]
    properties.update(Namespace="n", MetricName="m", ExtendedStatistic="p90", Period=300)
    assert account.deploy(plain) == first
    assert [(alarm["MetricName"], alarm["ExtendedStatistic"]) for alarm in _alarms(account)] == [("m", "p90")]
    assert account.deploy(math) == first
    assert [alarm["ExtendedStatistic"] for alarm in _alarms(account)] == ["p99"]
    account.delete()


@pytest.mark.parametrize("versioning", ["Suspended", "Enabled"])
def test_a_bucket_goes_with_its_contents(account: Account, versioning: str) -> None:
    # Unlike AWS, which fails with "The bucket you tried to delete is not empty".
    bucket = resource(
        "S3::Bucket",
        BucketName=f"full-{account.account}",
        VersioningConfiguration={"Status": versioning},
    )
    account.deploy({"Resources": {"Bucket": bucket}})
    s3 = account.client("s3")
    for body in (b"one", b"two"):
        s3.put_object(Bucket=f"full-{account.account}", Key="key", Body=body)
    account.delete()
    assert s3.list_buckets()["Buckets"] == []
