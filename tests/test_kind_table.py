"""Table: encrypted, recoverable, scaled; verbs that know keys and indexes; changes that start functions."""

from __future__ import annotations

from typing import Any

import pytest

from compiler.review.changes import Change
from compiler.review.templates import compare
from tests.specs import compiled, problems, resources

KEY = "partition_key: {name: id}"
FUNCTION = """
functions:
  use:
    runtime: python3.13
    inline: "def handler(event, context): return {}"
    connections: {orders: %s}
"""
CAPACITY = "{read: {min: 5, max: 50}, write: {min: 2, max: 20, utilization: 60%}}"
CAPACITY_2 = "{read: {min: 1, max: 9}, write: {min: 1, max: 9}}"
INDEX = "indexes: {by-owner: {partition_key: {name: owner}%s}}"


def body(settings: str = "") -> str:
    return f"tables: {{orders: {{{KEY}, {settings}}}}}\n"


def table(settings: str = "", environment: str = "dev") -> dict[str, Any]:
    found = resources(compiled(body(settings), environment), "AWS::DynamoDB::Table")["OrdersTable"]
    properties: dict[str, Any] = found["Properties"]
    return properties


def messages(text: str) -> list[str]:
    """What is wrong, each once, without the place."""
    return [problem.split(" ", 1)[1] for problem in problems(text)]


def used(use: str, type_: str, settings: str = "") -> dict[str, Any]:
    """The one resource of a type that a function with this connection has."""
    (found,) = resources(compiled(body(settings) + FUNCTION % use), type_).values()
    properties: dict[str, Any] = found["Properties"]
    return properties


def statements(use: str, settings: str = "") -> list[dict[str, Any]]:
    """What the role may do with the table: everything but writing its own logs."""
    role = used(use, "AWS::IAM::Role", settings)
    listed: list[dict[str, Any]] = role["Policies"][0]["PolicyDocument"]["Statement"]
    return listed[1:]


def alarms(settings: str = "") -> dict[str, dict[str, Any]]:
    found = resources(compiled(body(settings)), "AWS::CloudWatch::Alarm")
    return {name: alarm["Properties"] for name, alarm in found.items()}


def changed(before: str, after: str) -> Change:
    """What the review says of the table when its settings change."""
    plan = compare(compiled(body(before)), compiled(body(after)))
    (found,) = (c for stack in plan.stacks for c in stack.changes if c.logical_id == "OrdersTable")
    return found


def test_it_is_encrypted_with_the_key_for_data_and_named_by_cloudformation() -> None:
    found = table()
    assert found["SSESpecification"] == {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": {"Ref": "EncryptionDataKeyArn"},
    }
    assert "TableName" not in found


def test_keys_of_the_table_and_of_its_indexes_are_defined_once() -> None:
    found = table("sort_key: {name: at, type: number}, " + INDEX % ", sort_key: {name: at, type: number}")
    assert found["AttributeDefinitions"] == [
        {"AttributeName": "at", "AttributeType": "N"},
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "owner", "AttributeType": "S"},
    ]
    assert found["KeySchema"] == [
        {"AttributeName": "id", "KeyType": "HASH"},
        {"AttributeName": "at", "KeyType": "RANGE"},
    ]
    (index,) = found["GlobalSecondaryIndexes"]
    assert index["KeySchema"][0] == {"AttributeName": "owner", "KeyType": "HASH"}
    assert index["Projection"] == {"ProjectionType": "ALL"}


@pytest.mark.parametrize(
    ("projection", "expected"),
    [
        ("keys", {"ProjectionType": "KEYS_ONLY"}),
        ("[total, state]", {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["state", "total"]}),
    ],
)
def test_an_index_holds_what_is_asked(projection: str, expected: dict[str, Any]) -> None:
    (index,) = table(INDEX % f", projection: {projection}")["GlobalSecondaryIndexes"]
    assert index["Projection"] == expected


def test_production_can_go_back_35_days_and_refuses_to_be_deleted() -> None:
    dev, production = table(), table(environment="production")
    assert dev["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": False}
    assert production["PointInTimeRecoverySpecification"] == {
        "PointInTimeRecoveryEnabled": True,
        "RecoveryPeriodInDays": 35,
    }
    assert (dev["DeletionProtectionEnabled"], production["DeletionProtectionEnabled"]) == (False, True)
    kept = resources(compiled(body(), "production"), "AWS::DynamoDB::Table")["OrdersTable"]
    assert (kept["DeletionPolicy"], kept["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_items_expire_by_an_attribute() -> None:
    assert table("ttl: gone_at")["TimeToLiveSpecification"] == {"AttributeName": "gone_at", "Enabled": True}


def test_busy_keys_are_named_for_the_table_and_its_indexes() -> None:
    found = table(f"contributor_insights: throttled_keys, {INDEX % ''}")
    expected = {"Enabled": True, "Mode": "THROTTLED_KEYS"}
    assert found["ContributorInsightsSpecification"] == expected
    assert found["GlobalSecondaryIndexes"][0]["ContributorInsightsSpecification"] == expected
    assert table()["ContributorInsightsSpecification"] == {"Enabled": False}


def test_it_is_paid_by_request_unless_the_spec_gives_capacity() -> None:
    assert table()["BillingMode"] == "PAY_PER_REQUEST"
    assert resources(compiled(body()), "AWS::ApplicationAutoScaling::ScalableTarget") == {}
    found = table(f"capacity: {CAPACITY}")
    assert found["BillingMode"] == "PROVISIONED"
    assert found["ProvisionedThroughput"] == {"ReadCapacityUnits": 5, "WriteCapacityUnits": 2}


def test_capacity_of_the_table_and_of_each_index_follows_the_load() -> None:
    assembly = compiled(body(f"capacity: {CAPACITY}, {INDEX % ''}"))
    targets = resources(assembly, "AWS::ApplicationAutoScaling::ScalableTarget")
    assert sorted(targets) == [
        "OrdersByOwnerReadCapacity",
        "OrdersByOwnerWriteCapacity",
        "OrdersReadCapacity",
        "OrdersWriteCapacity",
    ]
    index = targets["OrdersByOwnerWriteCapacity"]["Properties"]
    assert index["ScalableDimension"] == "dynamodb:index:WriteCapacityUnits"
    assert index["ResourceId"] == {"Fn::Join": ["/", ["table", {"Ref": "OrdersTable"}, "index", "by-owner"]]}
    assert (index["MinCapacity"], index["MaxCapacity"]) == (2, 20)
    policy = resources(assembly, "AWS::ApplicationAutoScaling::ScalingPolicy")["OrdersWriteScaling"]
    assert policy["Properties"]["TargetTrackingScalingPolicyConfiguration"] == {
        "TargetValue": 60.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBWriteCapacityUtilization"},
    }


def test_an_index_may_have_a_capacity_of_its_own() -> None:
    assembly = compiled(body(f"capacity: {CAPACITY}, {INDEX % f', capacity: {CAPACITY_2}'}"))
    target = resources(assembly, "AWS::ApplicationAutoScaling::ScalableTarget")["OrdersByOwnerReadCapacity"]
    assert target["Properties"]["MaxCapacity"] == 9


def test_reading_knows_keys_and_neither_scans_nor_writes() -> None:
    assert statements("read") == [
        {
            "Effect": "Allow",
            "Action": [
                "dynamodb:BatchGetItem",
                "dynamodb:DescribeTable",
                "dynamodb:GetItem",
                "dynamodb:Query",
            ],
            "Resource": [{"Ref": "OrdersArn"}],
        },
        {
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": [{"Ref": "EncryptionDataKeyArn"}],
            "Condition": {
                "StringEquals": {"kms:ViaService": {"Fn::Sub": "dynamodb.${AWS::Region}.${AWS::URLSuffix}"}}
            },
        },
    ]
    items, _ = statements("{access: read, scan: true}")
    assert "dynamodb:Scan" in items["Action"]


def test_indexes_are_used_with_the_table() -> None:
    items, _ = statements("read", INDEX % "")
    assert items["Resource"] == [
        {"Ref": "OrdersArn"},
        {"Fn::Join": ["", [{"Ref": "OrdersArn"}, "/index/*"]]},
    ]


def test_writing_puts_changes_and_deletes_items_but_never_the_table() -> None:
    items, key = statements("write")
    writes = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}
    assert writes < set(items["Action"])
    assert not [action for action in items["Action"] if action.endswith("Table") and "Describe" not in action]
    assert key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]


def test_its_users_find_its_name_in_their_environment() -> None:
    variables = used("read", "AWS::Lambda::Function")["Environment"]["Variables"]
    assert variables["ORDERS_TABLE"] == {"Ref": "OrdersName"}


def test_a_function_that_consumes_is_called_with_changes_and_gives_up_after_a_while() -> None:
    stream = "stream: new_and_old_images"
    assert table(stream)["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    mapping = used("{access: consume, batch_size: 50}", "AWS::Lambda::EventSourceMapping", stream)
    assert mapping.pop("DestinationConfig") == {"OnFailure": {"Destination": {"Ref": "UseDeadLetterArn"}}}
    assert {key: value for key, value in mapping.items() if key not in ("FunctionName", "Tags")} == {
        "EventSourceArn": {"Ref": "OrdersStreamArn"},
        "BatchSize": 50,
        "ParallelizationFactor": 1,
        "StartingPosition": "TRIM_HORIZON",
        "BisectBatchOnFunctionError": True,
        "MaximumRetryAttempts": 5,
        "MaximumRecordAgeInSeconds": 3600,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
    assert "UseIteratorAgeAlarm" in resources(
        compiled(body(stream) + FUNCTION % "consume"), "AWS::CloudWatch::Alarm"
    )


def test_consuming_reads_the_stream_and_not_the_items() -> None:
    listed = statements("consume", "stream: keys_only")
    records = next(s for s in listed if "dynamodb:GetRecords" in s["Action"])
    assert records["Resource"] == [{"Ref": "OrdersStreamArn"}]
    assert not [action for s in listed for action in s["Action"] if action.endswith("Item")]


def test_changes_are_consumed_only_of_a_table_that_tells_them() -> None:
    assert messages(body() + FUNCTION % "consume") == [
        "E210 'use' consumes the changes of 'orders', which tells nobody of them; "
        "write `stream: new_and_old_images`"
    ]


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (
            "sort_key: {name: id}",
            "E210 'id' is the partition key already; sort by another attribute, or by none",
        ),
        (
            INDEX % ", sort_key: {name: id, type: number}",
            "E210 'id' is a number here and a string in partition_key; an attribute has one type in all keys",
        ),
        (
            "ttl: id",
            "E210 'id' is a key of the table; let items expire by an attribute of its own",
        ),
        (INDEX % "" + ", ttl: owner", "E210 items expire by a number, and 'owner' is a string in by-owner"),
        (INDEX % ", projection: []", "E210 no attribute is named; write `keys`, or name some"),
        (INDEX % ", projection: [id]", "E210 'id' is a key, which the index holds anyway; remove it"),
        (INDEX % ", projection: [a, a]", "E210 'a' is named twice; remove one of them"),
        (
            "indexes: {one: {partition_key: {name: a}}, One: {partition_key: {name: b}}}",
            "E210 'one' and 'One' differ in punctuation or case alone; rename one",
        ),
        (
            "capacity: {read: {min: 5, max: 2}, write: {min: 1, max: 1}}",
            "E210 at most 2 units is less than at least 5; write 5 or more",
        ),
        (
            INDEX % f", capacity: {CAPACITY}",
            "E210 the table is on_demand, and so are its indexes; remove this, or give the table capacity",
        ),
        ("recovery: 36h", "E105 36h is not whole days; write 1d or 2d"),
    ],
)
def test_what_dynamodb_would_refuse_is_refused_here(settings: str, problem: str) -> None:
    assert messages(body(settings)) == [problem]


def test_an_index_key_that_is_a_number_may_be_when_items_expire() -> None:
    index = "indexes: {by-end: {partition_key: {name: end, type: number}}}"
    assert messages(body(f"{index}, ttl: end")) == []


def test_a_table_has_twenty_indexes_at_most_and_names_a_hundred_attributes() -> None:
    many = ", ".join(f"by-{n}: {{partition_key: {{name: a}}}}" for n in range(21))
    assert messages(body(f"indexes: {{{many}}}")) == [
        "E107 tables.orders.indexes must have at most 20 entries, not 21"
    ]
    named = ", ".join(f"a{n}" for n in range(101))
    assert messages(body(INDEX % f", projection: [{named}]")) == [
        "E210 the indexes name 101 attributes, DynamoDB takes 100 in all; write `all`"
    ]


def test_refused_and_failed_requests_ring() -> None:
    found = alarms(INDEX % "")
    assert (
        found["OrdersThrottledWritesAlarm"]["MetricName"],
        found["OrdersThrottledWritesAlarm"]["Threshold"],
    ) == (
        "WriteThrottleEvents",
        0,
    )
    failed = found["OrdersSystemErrorsAlarm"]["Metrics"]
    operations = [
        dimension["Value"]
        for query in failed[:-1]
        for dimension in query["MetricStat"]["Metric"]["Dimensions"]
        if dimension["Name"] == "Operation"
    ]
    assert len(operations) == 10
    assert {"GetItem", "PutItem", "Query"} < set(operations)
    index = found["OrdersThrottledIndexByOwnerAlarm"]["Metrics"][0]["MetricStat"]["Metric"]["Dimensions"]
    assert {"Name": "GlobalSecondaryIndexName", "Value": "by-owner"} in index


def test_capacity_that_runs_out_rings_before_requests_are_refused() -> None:
    found = alarms(f"capacity: {CAPACITY}, {INDEX % ''}")
    assert found["OrdersManyReadsAlarm"]["Metrics"][-1]["Expression"] == "100 * used / (PERIOD(used) * 50)"
    assert "OrdersManyWritesOfByOwnerAlarm" in found
    assert "OrdersManyReadsAlarm" not in alarms()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "sort_key: {name: at}"),
        ("sort_key: {name: at}", "sort_key: {name: at, type: number}"),
    ],
)
def test_the_review_knows_that_other_keys_may_replace_the_table(before: str, after: str) -> None:
    found = changed(before, after)
    assert (found.action, found.risk) == ("may-replace", "data-loss")


def test_an_index_that_is_added_or_removed_replaces_nothing() -> None:
    assert changed("", INDEX % "").action == "modify"
    assert changed(INDEX % "", "").action == "modify"


def reasons(before: str, after: str) -> list[str]:
    return [r.text for r in changed(before, after).reasons if r.rule in ("R133", "R134", "R165")]


OTHER = "by-state: {partition_key: {name: state}}"


def test_the_review_says_which_changes_of_indexes_cloudformation_refuses() -> None:
    both = f"indexes: {{by-owner: {{partition_key: {{name: owner}}}}, {OTHER}}}"
    assert reasons("", both) == [
        "the indexes by-owner, by-state come or go together, which CloudFormation refuses; "
        "deploy them one after another"
    ]
    assert reasons(INDEX % "", both) == []
    assert reasons(both, INDEX % "") == ["the index by-state is removed; whoever uses it is refused"]
    assert reasons(INDEX % "", INDEX % ", projection: keys") == [
        "the index by-owner has other keys or attributes, which CloudFormation refuses; "
        "add one of another name, and remove this one in a later deployment"
    ]


def test_other_capacity_of_an_index_is_routine() -> None:
    before, after = (f"capacity: {CAPACITY}, {INDEX % extra}" for extra in ("", f", capacity: {CAPACITY_2}"))
    assert changed(before, after).risk == "routine"


def test_the_review_says_that_items_cannot_expire_by_another_attribute_at_once() -> None:
    assert reasons("ttl: a", "ttl: b") == [
        "items expire by b instead of a, which DynamoDB refuses; "
        "deploy without any first, and an hour later with the other"
    ]
    assert reasons("ttl: a", "") == reasons("", "ttl: b") == []
