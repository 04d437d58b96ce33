"""Bucket: closed, encrypted, tidy; verbs that reach no further than their prefix."""

from __future__ import annotations

import json
from typing import Any

import pytest
from troposphere import encode_to_dict

from compiler import document, pipeline
from compiler.assembly import Assembly
from compiler.diagnostics import Position, SpecError
from compiler.draft import Draft, DraftScope
from compiler.kinds.bucket import KIND
from compiler.kinds.bucket.build import grant
from compiler.model import Connection
from tests.specs import compiled, problems, resources

HEAD = """
schema_version: 1
platform: shop
region: eu-west-1
environments:
  dev: {profile: dev}
  synthetic: {profile: synthetic}
  production: {profile: production}
"""
ARN = {"Ref": "EventsArn"}


def template(spec: str, environment: str = "dev") -> dict[str, Any]:
    loaded = document.load((HEAD + spec).encode(), "spec.yaml")
    assembly = pipeline.compile_spec(loaded, environment, lambda folder: {"app.py": b"pass"})
    resources: dict[str, Any] = assembly.stack(f"shop-{environment}-data").template["Resources"]
    return resources


def bucket(settings: str = "{}", environment: str = "dev") -> dict[str, Any]:
    found: dict[str, Any] = template(f"buckets: {{events: {settings}}}", environment)["EventsBucket"]
    return found


def messages(spec: str) -> list[str]:
    with pytest.raises(SpecError) as error:
        template(spec)
    return [f"{found.code} {found.message}" for found in error.value.diagnostics]


def statements(verb: str, **options: Any) -> list[dict[str, Any]]:
    """What a consumer in the compute layer may do."""
    loaded = document.load((HEAD + "buckets: {events: {}, other: {}}").encode(), "spec.yaml")
    draft = Draft(pipeline.understand(loaded, "dev"), lambda folder: {})
    defaults = {"prefix": "", "read": False, "delete": False} if verb == "write" else {"prefix": ""}
    connection = Connection("other", "events", verb, defaults | options, None, Position("spec.yaml", 1, 1))
    components = draft.platform.components
    found = grant(connection, components["events"], DraftScope(draft, components["other"], "compute"))
    listed: list[dict[str, Any]] = json.loads(json.dumps(encode_to_dict(found.statements)))
    return listed


def objects(below: str = "*") -> dict[str, Any]:
    return {"Fn::Join": ["", [ARN, f"/{below}"]]}


def test_it_is_closed_to_the_public_and_knows_no_access_lists() -> None:
    found = bucket()["Properties"]
    assert set(found["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(found["PublicAccessBlockConfiguration"]) == 4
    assert found["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def test_it_is_encrypted_with_the_key_for_data_by_way_of_a_bucket_key() -> None:
    (rule,) = bucket()["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule == {
        "BucketKeyEnabled": True,
        "ServerSideEncryptionByDefault": {
            "SSEAlgorithm": "aws:kms",
            "KMSMasterKeyID": {"Ref": "EncryptionDataKeyArn"},
        },
    }


def test_it_refuses_whoever_comes_without_tls() -> None:
    (statement,) = template("buckets: {events: {}}")["EventsBucketPolicy"]["Properties"]["PolicyDocument"][
        "Statement"
    ]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": False}}
    assert statement["Resource"] == [
        {"Fn::GetAtt": ["EventsBucket", "Arn"]},
        {"Fn::Join": ["", [{"Fn::GetAtt": ["EventsBucket", "Arn"]}, "/*"]]},
    ]


def test_its_name_is_left_to_cloudformation() -> None:
    assert "BucketName" not in bucket()["Properties"]


def test_only_production_keeps_versions_and_the_bucket_itself_by_default() -> None:
    found = {name: bucket("{}", name) for name in ("dev", "synthetic", "production")}
    assert [name for name, item in found.items() if "VersioningConfiguration" in item["Properties"]] == [
        "production"
    ]
    assert found["production"]["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    assert [found[name]["DeletionPolicy"] for name in found] == ["Delete", "Delete", "RetainExceptOnCreate"]
    assert found["production"]["UpdateReplacePolicy"] == "Retain"


def test_old_versions_and_unfinished_uploads_always_go() -> None:
    (rule,) = bucket()["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule == {
        "Id": "age",
        "Status": "Enabled",
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
    }


def test_objects_move_and_go_as_asked() -> None:
    asked = "{lifecycle: {transition_to_ia: 30d, expire: 365d, expire_noncurrent: 90d, abort_uploads: 1d}}"
    (rule,) = bucket(asked)["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["Transitions"] == [{"StorageClass": "STANDARD_IA", "TransitionInDays": 30}]
    assert rule["ExpirationInDays"] == 365
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}


def test_objects_cannot_go_before_they_move() -> None:
    assert messages("buckets: {events: {lifecycle: {transition_to_ia: 60d, expire: 60d}}}") == [
        "E210 objects expire after 60d, so they cannot move after 60d; "
        "write more than 60d, or remove 'transition_to_ia'"
    ]


@pytest.mark.parametrize("days", ["36h", "0d", "30"])
def test_ages_are_whole_days(days: str) -> None:
    (message,) = messages(f'buckets: {{events: {{lifecycle: {{expire: "{days}"}}}}}}')
    assert message.startswith(
        f'E105 buckets.events.lifecycle.expire must be a number of days such as 30d, not "{days}"'
    )


def test_s3_moves_nothing_before_thirty_days() -> None:
    (message,) = messages("buckets: {events: {lifecycle: {transition_to_ia: 29d}}}")
    assert message.startswith("E106 buckets.events.lifecycle.transition_to_ia must be ")


def test_read_lists_and_gets_and_nothing_else() -> None:
    listing, getting, key = statements("read")
    assert (listing["Action"], listing["Resource"]) == (["s3:ListBucket"], [ARN])
    assert "Condition" not in listing
    assert (getting["Action"], getting["Resource"]) == (["s3:GetObject"], [objects()])
    assert key["Action"] == ["kms:Decrypt"]


def test_read_below_a_prefix_sees_nothing_beside_it() -> None:
    listing, getting, _ = statements("read", prefix="reports/")
    assert listing["Condition"] == {"StringLike": {"s3:prefix": "reports/*"}}
    assert getting["Resource"] == [objects("reports/*")]


def test_write_puts_and_can_neither_read_nor_delete() -> None:
    putting, key = statements("write", prefix="in/")
    assert putting["Action"] == ["s3:AbortMultipartUpload", "s3:PutObject"]
    assert putting["Resource"] == [objects("in/*")]
    assert key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]


def test_write_reads_and_deletes_when_asked_to() -> None:
    listing, getting, putting, _ = statements("write", read=True, delete=True)
    assert (listing["Action"], getting["Action"]) == (["s3:ListBucket"], ["s3:GetObject"])
    assert putting["Action"] == ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"]


def test_the_key_is_used_through_s3_only() -> None:
    *_, key = statements("read")
    assert key["Resource"] == [{"Ref": "EncryptionDataKeyArn"}]
    assert key["Condition"] == {
        "StringEquals": {"kms:ViaService": {"Fn::Sub": "s3.${AWS::Region}.${AWS::URLSuffix}"}}
    }


def test_consumers_find_the_bucket_and_their_prefix_in_their_environment() -> None:
    for verb in KIND.verbs.values():
        assert verb.environment == {"BUCKET": "name", "PREFIX": "option:prefix"}
        assert verb.calls == ("s3",)


def test_objects_become_cheaper_step_by_step() -> None:
    asked = (
        "{lifecycle: {transition_to_ia: 30d, transition_to_glacier_ir: 90d, transition_to_archive: 180d, "
        "transition_to_deep_archive: 365d, expire: 3650d}}"
    )
    (rule,) = bucket(asked)["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["Transitions"] == [
        {"StorageClass": "STANDARD_IA", "TransitionInDays": 30},
        {"StorageClass": "GLACIER_IR", "TransitionInDays": 90},
        {"StorageClass": "GLACIER", "TransitionInDays": 180},
        {"StorageClass": "DEEP_ARCHIVE", "TransitionInDays": 365},
    ]


@pytest.mark.parametrize(
    ("lifecycle", "message"),
    [
        (
            "transition_to_ia: 30d, transition_to_glacier_ir: 59d",
            "E210 objects move after 59d, which is too soon after 'transition_to_ia: 30d'; write 60d or more",
        ),
        (
            "transition_to_glacier_ir: 90d, transition_to_deep_archive: 90d",
            "E210 objects move after 90d, which is too soon after 'transition_to_glacier_ir: 90d'; "
            "write 91d or more",
        ),
        (
            "transition_to_archive: 90d, expire: 80d",
            "E210 objects expire after 80d, so they cannot move after 90d; "
            "write more than 90d, or remove 'transition_to_archive'",
        ),
    ],
)
def test_objects_move_in_order_and_stay_a_while(lifecycle: str, message: str) -> None:
    assert messages(f"buckets: {{events: {{lifecycle: {{{lifecycle}}}}}}}") == [message]


def test_a_lock_keeps_objects_and_brings_versions() -> None:
    found = bucket("{object_lock: {retention: 30d}}")["Properties"]
    assert found["ObjectLockEnabled"] is True
    assert found["ObjectLockConfiguration"] == {
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 30}},
    }
    assert found["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "ObjectLockEnabled" not in bucket(environment="production")["Properties"]


def test_nobody_locks_objects_for_good_by_accident() -> None:
    assert messages("buckets: {events: {object_lock: {mode: compliance, retention: 30d}}}") == [
        "E210 nobody can delete these objects, or their bucket, for 30d, whatever happens; "
        "confirm it with `i_understand: nobody_can_delete`, or write `mode: governance`"
    ]
    confirmed = "{object_lock: {mode: compliance, retention: 30d, i_understand: nobody_can_delete}}"
    (rule,) = [bucket(confirmed)["Properties"]["ObjectLockConfiguration"]["Rule"]]
    assert rule == {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}


def test_a_lock_that_can_be_lifted_needs_no_confirmation_and_counts_days() -> None:
    settings = "retention: 30d, i_understand: nobody_can_delete"
    assert messages(f"buckets: {{events: {{object_lock: {{{settings}}}}}}}") == [
        "E210 'i_understand' means nothing here: the mode is governance; remove 'i_understand'"
    ]
    assert messages("buckets: {events: {object_lock: {retention: 36h}}}") == [
        "E105 36h is not whole days; write 1d or 2d"
    ]


def test_production_records_requests_in_the_shared_bucket() -> None:
    assert "LoggingConfiguration" not in bucket()["Properties"]
    assert bucket(environment="production")["Properties"]["LoggingConfiguration"] == {
        "DestinationBucketName": {"Ref": "LogsAccessLogBucket"},
        "LogFilePrefix": "events/",
        "TargetObjectKeyFormat": {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}},
    }
    left_out = bucket("{access_logs: false}", "production")
    assert "LoggingConfiguration" not in left_out["Properties"]


STARTED = """
buckets: {events: {}}
functions:
  reader:
    runtime: python3.13
    inline: "def handler(event, context): return {}"
    connections: {events: %s}
"""


def started(use: str) -> Assembly:
    return compiled(STARTED % use)


def test_new_objects_start_a_function_through_a_rule_in_its_own_stack() -> None:
    assembly = started("{access: on_create, prefix: in/, suffix: .csv}")
    (rule,) = resources(assembly, "AWS::Events::Rule").values()
    assert rule["Properties"]["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {
            "bucket": {"name": [{"Ref": "EventsName"}]},
            "object": {"key": [{"wildcard": "in/*.csv"}]},
        },
    }
    assert rule["Properties"]["Targets"] == [
        {
            "Id": "consumer",
            "Arn": {"Fn::GetAtt": ["ReaderFunction", "Arn"]},
            "DeadLetterConfig": {"Arn": {"Ref": "ReaderDeadLetterArn"}},
            "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 20},
        }
    ]
    (permission,) = resources(assembly, "AWS::Lambda::Permission").values()
    assert permission["Properties"] == {
        "FunctionName": {"Fn::GetAtt": ["ReaderFunction", "Arn"]},
        "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com",
        "SourceArn": {"Fn::GetAtt": ["ReaderFromEvents", "Arn"]},
    }
    assert set(resources(assembly, "AWS::Lambda::EventInvokeConfig")) == {"ReaderAsynchronousCalls"}


def test_only_rules_may_put_aside_what_a_function_did_not_take() -> None:
    policy = resources(started("on_create"), "AWS::SQS::QueuePolicy")["ReaderDeadLetterQueuePolicy"]
    _, admits = policy["Properties"]["PolicyDocument"]["Statement"]
    assert admits["Principal"] == {"Service": "events.amazonaws.com"}
    rules = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/*"
    assert admits["Condition"] == {"ArnLike": {"aws:SourceArn": [{"Fn::Sub": rules}]}}
    (key,) = resources(started("on_create"), "AWS::KMS::Key").values()
    sids = {statement["Sid"]: statement for statement in key["Properties"]["KeyPolicy"]["Statement"]}
    assert sids["Events"]["Principal"] == {"Service": "events.amazonaws.com"}


def test_a_bucket_tells_eventbridge_only_when_somebody_listens() -> None:
    told = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    listened = resources(started("on_delete"), "AWS::S3::Bucket")["EventsBucket"]["Properties"]
    assert listened["NotificationConfiguration"] == told
    assert "NotificationConfiguration" not in bucket()["Properties"]


def test_a_function_reads_the_new_objects_unless_told_not_to() -> None:
    role = resources(started("{access: on_create, prefix: in/, suffix: .csv}"), "AWS::IAM::Role")
    listed = role["ReaderRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    (read,) = [found for found in listed if found["Action"] == ["s3:GetObject"]]
    assert read["Resource"] == [{"Fn::Join": ["", [{"Ref": "EventsArn"}, "/in/*.csv"]]}]
    for use in ("on_delete", "{access: on_create, read: false}"):
        text = json.dumps(resources(started(use), "AWS::IAM::Role"))
        assert "s3:" not in text


@pytest.mark.parametrize(
    ("use", "message"),
    [
        ("{access: on_create, suffix: '*.csv'}", "must be the end of a key, such as .csv"),
        ("{access: on_delete, read: true}", "'read' means nothing for 'on_delete' on the bucket 'events'"),
    ],
)
def test_wrong_options_of_what_starts_are_said(use: str, message: str) -> None:
    assert any(message in problem for problem in problems(STARTED % use))


def test_a_service_is_not_started_by_a_bucket() -> None:
    service = "image: {repository: web, tag: '1'}, connections: {events: on_create}"
    spec = f"network: {{}}\nbuckets: {{events: {{}}}}\nservices: {{web: {{{service}}}}}\n"
    assert [problem.split(" ", 1)[1] for problem in problems(spec)] == [
        "E211 a service cannot 'on_create' a bucket: it is not started by a bucket"
    ]
