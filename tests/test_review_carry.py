"""Replacement from the provider schemas, in nested properties and lists, carried along every reference."""

from __future__ import annotations

from typing import Any

import pytest

from compiler.assembly import Assembly, Wire
from compiler.review.templates import compare
from tests.test_review_templates import actions, assembly, changes, diff, res, rules, stack

VPC = {"Vpc": res("EC2::VPC", CidrBlock="10.0.0.0/16")}
OTHER = {"Vpc": res("EC2::VPC", CidrBlock="10.1.0.0/16")}


def action(kind: str, before: dict[str, Any], after: dict[str, Any]) -> str:
    return diff({"It": res(kind, **before)}, {"It": res(kind, **after)})["It"].action


@pytest.mark.parametrize(
    ("kind", "before", "after", "expected"),
    [
        # A path inside a property replaces, its neighbours do not.
        ("ECS::CapacityProvider", {"AutoScalingGroupProvider": {"AutoScalingGroupArn": "a"}},
         {"AutoScalingGroupProvider": {"AutoScalingGroupArn": "b"}}, "replace"),
        ("ECS::CapacityProvider", {"AutoScalingGroupProvider": {"ManagedDraining": "ENABLED"}},
         {"AutoScalingGroupProvider": {"ManagedDraining": "DISABLED"}}, "modify"),
        # A function above such a path may give what is there.
        ("ECS::CapacityProvider", {"AutoScalingGroupProvider": {"AutoScalingGroupArn": "a"}},
         {"AutoScalingGroupProvider": {"Fn::GetAtt": ["X", "Y"]}}, "may-replace"),
        # The same in any item of a list.
        ("MSK::Replicator", {"ReplicationInfoList": [{"SourceKafkaClusterArn": "a", "Other": 1}]},
         {"ReplicationInfoList": [{"SourceKafkaClusterArn": "b", "Other": 1}]}, "replace"),
        ("MSK::Replicator", {"ReplicationInfoList": [{"TopicReplication": {"DetectAndCopyNewTopics": True}}]},
         {"ReplicationInfoList": [{"TopicReplication": {"DetectAndCopyNewTopics": False}}]}, "modify"),
        # A property that replaces only sometimes.
        ("ECS::Service", {"LaunchType": "EC2"}, {"LaunchType": "FARGATE"}, "may-replace"),
        ("DynamoDB::Table", {"KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}]},
         {"KeySchema": [{"AttributeName": "b", "KeyType": "HASH"}]}, "may-replace"),
        # Nobody knows the type.
        ("Unheard::Of", {"A": 1}, {"A": 2}, "may-replace"),
    ],
)  # fmt: skip
def test_the_schema_says_which_paths_replace(
    kind: str, before: dict[str, Any], after: dict[str, Any], expected: str
) -> None:
    assert action(kind, before, after) == expected
    assert action(kind, after, before) == expected


@pytest.mark.parametrize(
    ("property_", "value", "expected"),
    [
        ("VpcId", {"Ref": "Vpc"}, "replace"),
        ("VpcId", {"Fn::GetAtt": ["Vpc", "VpcId"]}, "replace"),
        ("VpcId", {"Fn::GetAtt": "Vpc.VpcId"}, "replace"),
        ("VpcId", {"Fn::Sub": "${Vpc}"}, "replace"),
        ("VpcId", {"Fn::Sub": ["${It}-${Vpc.CidrBlock}", {"It": "x"}]}, "replace"),
        ("VpcId", {"Fn::Sub": ["${It}", {"It": {"Ref": "Vpc"}}]}, "replace"),
        ("VpcId", {"Fn::Join": ["-", ["a", {"Fn::Select": [0, [{"Ref": "Vpc"}]]}]]}, "replace"),
        ("VpcId", {"Fn::If": ["Unknown", {"Ref": "Vpc"}, "b"]}, "replace"),
        ("Tags", [{"Key": "vpc", "Value": {"Ref": "Vpc"}}], "modify"),
        ("VpcId", {"Fn::Sub": ["${Vpc}", {"Vpc": "mine"}]}, None),
        ("VpcId", {"Fn::Sub": "${!Vpc}"}, None),
    ],
)
def test_a_replacement_is_carried_along_every_function_that_refers(
    property_: str, value: Any, expected: str | None
) -> None:
    user = {"Group": res("EC2::SecurityGroup", **{"GroupDescription": "x", property_: value})}
    found = actions(diff(VPC | user, OTHER | user))
    assert found.get("Group") == expected


def test_a_replacement_is_carried_into_nested_properties_of_lists() -> None:
    def named(name: str) -> dict[str, Any]:
        source = {"SourceKafkaClusterArn": {"Ref": "Cluster"}}
        return {
            "Cluster": res("MSK::Cluster", ClusterName=name),
            "Copies": res("MSK::Replicator", ReplicatorName="r", ReplicationInfoList=[source]),
        }

    found = diff(named("a"), named("b"))["Copies"]
    assert (found.action, found.properties[0].path) == (
        "replace",
        "ReplicationInfoList[0].SourceKafkaClusterArn",
    )


def across(cidr: str, value: Any, **more: Any) -> Assembly:
    first = stack("first", {"Vpc": res("EC2::VPC", CidrBlock=cidr)}, Outputs={"Id": {"Value": value}})
    second = stack(
        "second",
        {"Group": res("EC2::SecurityGroup", GroupDescription="x", VpcId={"Fn::Sub": "${Id}"}), **more},
        Parameters={"Id": {"Type": "String"}},
        parameters={"Id": Wire("first", "Id")},
    )
    return assembly(first, second)


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Vpc"},
        {"Fn::Sub": ["${It}", {"It": {"Ref": "Vpc"}}]},
        {"Fn::Join": ["", ["", {"Ref": "Vpc"}]]},
    ],
)
def test_a_replacement_goes_through_outputs_and_parameters_into_the_next_stack(value: Any) -> None:
    user = {"Rule": res("EC2::SecurityGroupIngress", GroupId={"Ref": "Group"}, IpProtocol="-1")}
    plan = compare(across("10.0.0.0/16", value, **user), across("10.1.0.0/16", value, **user))
    found = changes(plan)
    assert actions(found) == {"Vpc": "refused", "Group": "may-replace", "Rule": "may-replace"}
    assert "R152" in rules(found["Group"])


def test_policies_decide_what_becomes_of_data_that_a_carried_replacement_leaves() -> None:
    def encrypted(cidr: str, **attributes: Any) -> dict[str, Any]:
        files = {**res("EFS::FileSystem", AvailabilityZoneName={"Fn::Sub": "${Vpc}"}), **attributes}
        return {"Vpc": res("EC2::VPC", CidrBlock=cidr), "Files": files}

    kept = {"UpdateReplacePolicy": "Retain", "DeletionPolicy": "Delete"}
    for policies, words in (({}, "its data is deleted"), (kept, "it is kept, but no stack manages it")):
        found = diff(encrypted("10.0.0.0/16", **policies), encrypted("10.1.0.0/16", **policies))["Files"]
        assert (found.action, found.risk) == ("replace", "data-loss")
        assert words in found.reasons[0].text
