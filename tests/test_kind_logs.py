"""Logs: how long and where they are kept, by all groups alike; the archive, and requests to buckets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.specs import compiled, problems, resources

FUNCTION = "functions: {use: {runtime: python3.13, inline: 'def handler(event, context): pass'}}\n"
ARCHIVE = "logs: {archive: {%s}}\n"
# One of each that makes log groups.
WRITERS = (
    FUNCTION
    + """\
network: {flow_logs: true}
databases: {registry: {}}
caches: {state: {}}
services: {work: {image: {repository: w, tag: "1"}, cpu: 256, memory: 512}}
apis: {public: {routes: {"GET /": {to: use}}}}
"""
)


def foundation(body: str, environment: str = "dev") -> dict[str, Any]:
    stack = compiled(body, environment).stack(f"shop-{environment}-foundation")
    found: dict[str, Any] = stack.template["Resources"]
    return found


def messages(text: str) -> list[str]:
    """What is wrong, each once, without the place."""
    return [problem.split(" ", 1)[1] for problem in problems(text)]


def policy(role: dict[str, Any]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    return listed


@pytest.mark.parametrize("environment", ["dev", "production"])
def test_every_log_group_is_archived_but_the_archives_own(environment: str) -> None:
    assembly = compiled(ARCHIVE % "" + WRITERS, environment)
    filters = resources(assembly, "AWS::Logs::SubscriptionFilter").values()
    sent = [found["Properties"]["LogGroupName"]["Ref"] for found in filters]
    groups = set(resources(assembly, "AWS::Logs::LogGroup"))
    assert len(groups) > 5
    assert sorted(sent) == sorted(groups - {"LogsArchiveErrors"})


def test_a_filter_is_beside_its_group_and_sends_everything() -> None:
    assembly = compiled(ARCHIVE % "" + FUNCTION)
    stack = assembly.stack("shop-dev-compute").template["Resources"]
    assert stack["UseLogGroupToArchive"]["Properties"] == {
        "LogGroupName": {"Ref": "UseLogGroup"},
        "FilterPattern": "",
        "DestinationArn": {"Ref": "LogsArchiveStreamArn"},
        "RoleArn": {"Ref": "LogsArchiveRoleArn"},
    }


def test_without_an_archive_nothing_is_sent() -> None:
    assembly = compiled(FUNCTION, "production")
    assert resources(assembly, "AWS::Logs::SubscriptionFilter") == {}
    assert resources(assembly, "AWS::KinesisFirehose::DeliveryStream") == {}


def test_the_archive_is_encrypted_versioned_and_cheaper_with_age() -> None:
    archive = foundation(ARCHIVE % "bucket_retention: 400d", "production")["LogsArchive"]
    properties = archive["Properties"]
    (encryption,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": {"Fn::GetAtt": ["EncryptionLogsKey", "Arn"]},
    }
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = properties["LifecycleConfiguration"]["Rules"]
    assert rule["Transitions"] == [
        {"StorageClass": "STANDARD_IA", "TransitionInDays": 30},
        {"StorageClass": "GLACIER_IR", "TransitionInDays": 90},
    ]
    assert rule["ExpirationInDays"] == 400
    assert archive["DeletionPolicy"] == "RetainExceptOnCreate"


def test_what_is_soon_gone_does_not_move() -> None:
    archive = foundation(ARCHIVE % "bucket_retention: 30d")["LogsArchive"]["Properties"]
    (rule,) = archive["LifecycleConfiguration"]["Rules"]
    assert "Transitions" not in rule


def test_where_logs_have_no_key_the_one_for_data_serves() -> None:
    stream = foundation(ARCHIVE % "")["LogsArchiveStream"]["Properties"]
    assert stream["DeliveryStreamEncryptionConfigurationInput"] == {
        "KeyType": "CUSTOMER_MANAGED_CMK",
        "KeyARN": {"Fn::GetAtt": ["EncryptionKey", "Arn"]},
    }


def test_the_stream_keeps_gzip_as_it_comes_and_says_what_failed() -> None:
    destination = foundation(ARCHIVE % "")["LogsArchiveStream"]["Properties"][
        "ExtendedS3DestinationConfiguration"
    ]
    assert (destination["CompressionFormat"], destination["FileExtension"]) == ("UNCOMPRESSED", ".gz")
    assert destination["ErrorOutputPrefix"].startswith("errors/!{firehose:error-output-type}/")
    assert destination["CloudWatchLoggingOptions"] == {
        "Enabled": True,
        "LogGroupName": {"Ref": "LogsArchiveErrors"},
        "LogStreamName": {"Ref": "LogsArchiveErrorsStream"},
    }


def test_cloudwatch_may_write_to_the_stream_only_and_for_this_account_only() -> None:
    role = foundation(ARCHIVE % "")["LogsArchiveRole"]
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "logs.amazonaws.com"}
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert policy(role) == [
        {
            "Effect": "Allow",
            "Action": ["firehose:PutRecord", "firehose:PutRecordBatch"],
            "Resource": [{"Fn::GetAtt": ["LogsArchiveStream", "Arn"]}],
        }
    ]


def test_the_stream_may_write_to_its_bucket_and_delete_nothing() -> None:
    role = foundation(ARCHIVE % "")["LogsArchiveDeliveryRole"]
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"] == {"StringEquals": {"sts:ExternalId": {"Ref": "AWS::AccountId"}}}
    actions = {action for statement in policy(role) for action in statement["Action"]}
    assert "s3:PutObject" in actions
    assert not [action for action in actions if "Delete" in action]
    assert all(statement["Resource"] != ["*"] for statement in policy(role))


def test_the_archive_is_locked_on_request() -> None:
    def lock(settings: str, environment: str) -> Any:
        archive = foundation(ARCHIVE % settings, environment)["LogsArchive"]["Properties"]
        return archive.get("ObjectLockConfiguration", {}).get("Rule", {}).get("DefaultRetention")

    assert lock("", "production") is None
    assert lock("object_lock: true", "production") == {"Mode": "GOVERNANCE", "Days": 365}
    own = "object_lock: {mode: compliance, retention: 90d, i_understand: nobody_can_delete}"
    assert lock(own, "dev") == {"Mode": "COMPLIANCE", "Days": 90}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (ARCHIVE % "bucket_retention: 36h", "E105 36h is not whole days; write 1d or 2d"),
        ("logs: {access_log_retention: 36h}", "E105 36h is not whole days; write 1d or 2d"),
        (
            ARCHIVE % "object_lock: {mode: compliance, retention: 9d}",
            "E210 nobody can delete these objects, or their bucket, for 9d, whatever happens; "
            "confirm it with `i_understand: nobody_can_delete`, or write `mode: governance`",
        ),
        (
            ARCHIVE % "bucket_retention: 9d, object_lock: {retention: 10d}",
            "E210 what is archived expires after 9d and is locked for 10d; lock it for 9d at most",
        ),
    ],
)
def test_what_cannot_be_is_refused(body: str, message: str) -> None:
    assert messages(body) == [message]


def test_an_archive_that_is_late_or_fails_rings() -> None:
    alarms = resources(compiled(ARCHIVE % ""), "AWS::CloudWatch::Alarm")
    late = alarms["LogsArchiveLateAlarm"]["Properties"]
    assert (late["MetricName"], late["Threshold"]) == ("DeliveryToS3.DataFreshness", 900)
    assert late["Dimensions"] == [{"Name": "DeliveryStreamName", "Value": {"Ref": "LogsArchiveStreamName"}}]
    failed = alarms["LogsArchiveFailuresAlarm"]["Properties"]
    assert (failed["ComparisonOperator"], failed["Threshold"]) == ("LessThanThreshold", 1)
    assert [
        name for name in resources(compiled(FUNCTION), "AWS::CloudWatch::Alarm") if "Archive" in name
    ] == []


def test_log_groups_can_be_protected() -> None:
    def group(settings: str) -> dict[str, Any]:
        found = resources(compiled(f"logs: {{{settings}}}\n{FUNCTION}"), "AWS::Logs::LogGroup")
        properties: dict[str, Any] = found["UseLogGroup"]["Properties"]
        return properties

    assert group("deletion_protection: true")["DeletionProtectionEnabled"] is True
    assert "DeletionProtectionEnabled" not in group("")


BUCKETS = "buckets: {events: {}}\n"


def test_requests_to_buckets_are_recorded_in_one_bucket_that_s3_can_write_to() -> None:
    made = foundation(BUCKETS, "production")
    properties = made["LogsAccessLogs"]["Properties"]
    (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    assert "LoggingConfiguration" not in properties
    assert properties["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 90
    write, tls = made["LogsAccessLogsPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert write["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert write["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        "ArnLike": {"aws:SourceArn": {"Fn::Sub": "arn:${AWS::Partition}:s3:::*"}},
    }
    assert tls["Effect"] == "Deny"


def test_buckets_of_logs_are_on_record_too() -> None:
    made = foundation(ARCHIVE % "" + "network: {}\nload_balancer: {}\n", "production")
    for name in ("LogsArchive", "LoadBalancerAccessLogs"):
        bucket = made[name]
        assert bucket["Properties"]["LoggingConfiguration"]["DestinationBucketName"] == {
            "Ref": "LogsAccessLogs"
        }
        assert bucket["DependsOn"] == "LogsAccessLogsPolicy"


@pytest.mark.parametrize(
    ("body", "environment"),
    [
        (BUCKETS, "dev"),
        (FUNCTION, "production"),
        (BUCKETS + "logs: {access_logs: false}\n", "production"),
        ("buckets: {events: {access_logs: false}}\n", "production"),
    ],
)
def test_there_is_no_bucket_for_records_where_there_are_none(body: str, environment: str) -> None:
    assert "LogsAccessLogs" not in foundation(body, environment)
