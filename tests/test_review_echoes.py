"""Echoes in change sets, and values that a change set leaves out; hand-made responses of the real shape."""

from __future__ import annotations

from typing import Any

from compiler.assembly import Stack
from compiler.review.changes import Change
from compiler.review.changesets import read


def modified(name: str, kind: str, replacement: str, *details: dict[str, Any]) -> dict[str, Any]:
    change = {"Action": "Modify", "LogicalResourceId": name, "ResourceType": kind, "Replacement": replacement}
    return {"ResourceChange": change | {"Details": list(details)}}


def reads(entity: str, name: str, recreation: str = "Always") -> dict[str, Any]:
    return {
        "Target": {"Attribute": "Properties", "Name": name, "RequiresRecreation": recreation},
        "Evaluation": "Dynamic",
        "ChangeSource": "ResourceAttribute",
        "CausingEntity": entity,
    }


def edits(name: str, recreation: str = "Never") -> dict[str, Any]:
    return {
        "Target": {"Attribute": "Properties", "Name": name, "RequiresRecreation": recreation},
        "Evaluation": "Static",
        "ChangeSource": "DirectModification",
    }


def stack(**resources: dict[str, Any]) -> Stack:
    return Stack("shop-dev-compute", "compute", {"Resources": resources}, {}, (), (), {}, ())


SERVICE = modified("Web", "AWS::ECS::Service", "False", edits("TaskDefinition"))
TARGET = modified(
    "Target", "AWS::ApplicationAutoScaling::ScalableTarget", "Conditional", reads("Web.Name", "ResourceId")
)
POLICY = modified(
    "Policy", "AWS::ApplicationAutoScaling::ScalingPolicy", "Conditional", reads("Target", "ScalingTargetId")
)


def found(*changes: dict[str, Any], **known: Any) -> dict[str, Change]:
    return {change.logical_id: change for change in read([{"Changes": list(changes)}], stack(**known))}


def test_what_only_reads_a_value_again_is_an_echo_and_so_is_what_reads_that() -> None:
    changes = found(SERVICE, TARGET, POLICY)
    assert [name for name, change in changes.items() if change.echo] == ["Policy", "Target"]
    assert {changes[name].action for name in ("Policy", "Target")} == {"modify"}
    assert changes["Target"].reasons[0].rule == "R155"


def test_what_depends_on_something_replaced_is_no_echo() -> None:
    replaced = modified("Web", "AWS::ECS::Service", "True", edits("ServiceName", "Always"))
    assert not found(replaced, TARGET)["Target"].echo
    assert found(replaced, TARGET)["Target"].action == "may-replace"


def test_what_is_edited_itself_is_no_echo() -> None:
    both = modified(
        "Target",
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "Conditional",
        reads("Web.Name", "ResourceId"),
        edits("MaxCapacity"),
    )
    assert not found(SERVICE, both)["Target"].echo


def test_values_that_the_change_set_leaves_out_come_from_the_templates() -> None:
    def queue(seconds: int) -> dict[str, Any]:
        return {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": seconds}}

    change = modified("Work", "AWS::SQS::Queue", "False", edits("VisibilityTimeout"))
    live = {"Resources": {"Work": queue(30)}}
    (work,) = read([{"Changes": [change]}], stack(Work=queue(60)), live)
    assert [(shown.path, shown.before, shown.after) for shown in work.properties] == [
        ("VisibilityTimeout", "30", "60")
    ]


def test_a_wider_policy_is_recognised_without_values_in_the_change_set() -> None:
    def role(action: str) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Action": [action], "Resource": ["*"]}
        policy = {"PolicyName": "access", "PolicyDocument": {"Statement": [statement]}}
        return {"Type": "AWS::IAM::Role", "Properties": {"Policies": [policy]}}

    change = modified("Role", "AWS::IAM::Role", "False", edits("Policies"))
    live = {"Resources": {"Role": role("sqs:SendMessage")}}
    (wider,) = read([{"Changes": [change]}], stack(Role=role("sqs:DeleteQueue")), live)
    assert wider.risk == "exposure"
    assert [reason.rule for reason in wider.reasons] == ["R111"]


def test_what_alone_brings_a_change_about_is_named() -> None:
    replaced = modified("Web", "AWS::ECS::Service", "True", edits("ServiceName", "Always"))
    follower = modified("Reader", "AWS::Lambda::Function", "False", reads("Web.Name", "Environment", "Never"))
    edited = modified(
        "Writer",
        "AWS::Lambda::Function",
        "False",
        reads("Web.Name", "Environment", "Never"),
        edits("Timeout"),
    )
    changes = found(replaced, follower, edited)
    assert changes["Reader"].causes == ("Web",)
    assert (changes["Writer"].causes, changes["Web"].causes) == ((), ())
