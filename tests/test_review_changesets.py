"""Described change sets -> changes.

The responses are made by hand, in the shape of DescribeChangeSet in botocore's service model.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import botocore.session
import pytest
from botocore.stub import Stubber

from compiler.assembly import Origin, Stack
from compiler.diagnostics import Position
from compiler.review.changes import Change
from compiler.review.changesets import read

CHANGE_SET = "arn:aws:cloudformation:us-east-1:111122223333:changeSet/made-by-hand/1"


def described(logical_id: str, kind: str, action: str = "Modify", **more: Any) -> dict[str, Any]:
    change = {"Action": action, "LogicalResourceId": logical_id, "ResourceType": f"AWS::{kind}", **more}
    return {"Type": "Resource", "ResourceChange": change}


def detail(path: str, recreation: str = "Never", **more: Any) -> dict[str, Any]:
    target = {
        key: more.pop(key) for key in ("BeforeValue", "AfterValue", "AttributeChangeType") if key in more
    }
    where = {
        "Attribute": "Properties",
        "Name": path.split("/")[2],
        "Path": path,
        "RequiresRecreation": recreation,
    }
    return {
        "Target": {**where, **target},
        "Evaluation": "Static",
        "ChangeSource": "DirectModification",
        **more,
    }


def stack(resources: Mapping[str, Any] | None = None, **sections: Any) -> Stack:
    declared = resources or {"Other": {"Type": "AWS::SNS::Topic"}}
    origins = {name: Origin("thing", f"things.{name}", Position("spec.yaml", 3, 1)) for name in declared}
    template = {"Resources": declared, **sections}
    return Stack("one", "data", template, {}, (), (), origins, ("Named",))


def only(*changes: dict[str, Any], of: Stack | None = None) -> Change:
    (found,) = read([{"Changes": list(changes)}], of or stack())
    return found


def test_all_pages_are_read_in_a_stable_order() -> None:
    pages = [
        {"Changes": [described("B", "SNS::Topic", "Add")], "NextToken": "x"},
        {"Changes": [described("A", "SNS::Topic", "Add"), described("C", "SNS::Topic", "Remove")]},
    ]
    assert [change.logical_id for change in read(pages, stack())] == ["A", "B", "C"]


def test_a_response_of_this_shape_is_one_that_boto3_gives() -> None:
    """The stubber checks the hand-made response against the service model."""
    change = described(
        "Db",
        "RDS::DBCluster",
        PhysicalResourceId="db-1",
        Replacement="True",
        PolicyAction="ReplaceAndSnapshot",
        Scope=["Properties"],
        BeforeContext="{}",
        AfterContext="{}",
        Details=[
            detail("/Properties/KmsKeyId", "Always", BeforeValue="a", AfterValue="b", CausingEntity="Key")
        ],
    )
    client = botocore.session.get_session().create_client(
        "cloudformation", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    with Stubber(client) as stubber:
        stubber.add_response("describe_change_set", {"Changes": [change], "ChangeSetId": CHANGE_SET})
        page = client.describe_change_set(ChangeSetName=CHANGE_SET)
    (found,) = read([page], stack())
    assert (found.action, found.risk) == ("replace", "data-loss")
    assert "a final snapshot is kept" in found.reasons[0].text
    assert found.properties[0].requires_replacement == "always"


@pytest.mark.parametrize(
    ("more", "action"),
    [
        ({"Action": "Add"}, "add"),
        ({"Action": "Remove"}, "remove"),
        ({"Action": "Import"}, "import"),
        ({"Action": "Modify", "Replacement": "True"}, "replace"),
        ({"Action": "Modify", "Replacement": "False"}, "modify"),
        ({"Action": "Modify", "Replacement": "Conditional"}, "may-replace"),
        ({"Action": "Dynamic"}, "may-replace"),
        ({"Action": "SyncWithActual"}, "modify"),
    ],
)
def test_every_action_of_cloudformation_has_its_word(more: dict[str, str], action: str) -> None:
    change = described("It", "ECS::Service")
    change["ResourceChange"].update(more)
    found = only(change)
    assert found.action == action
    assert found.reasons


def test_a_replacement_that_hangs_on_an_unknown_value_is_uncertain() -> None:
    later = "{{changeSet:KNOWN_AFTER_APPLY}}"
    cause = detail(
        "/Properties/SubnetId", "Always", BeforeValue="subnet-1", AfterValue=later, CausingEntity="Subnet"
    )
    found = only(described("Nat", "EC2::NatGateway", Replacement="True", Details=[cause]))
    assert found.action == "may-replace"
    assert found.properties[0].after == "(known after apply)"
    assert "depends on the value of Subnet" in found.reasons[-1].text


def test_details_of_one_path_become_one_change_with_the_gravest_effect() -> None:
    details = [
        detail("/Properties/Cpu", "Never", BeforeValue="256", AfterValue="512"),
        detail("/Properties/Cpu", "Always", BeforeValue="256", AfterValue="512"),
    ]
    found = only(described("Task", "ECS::TaskDefinition", Replacement="True", Details=details))
    assert [(each.path, each.requires_replacement) for each in found.properties] == [("Cpu", "always")]
    assert found.risk == "routine"


def test_paths_and_values_read_like_those_of_a_prediction() -> None:
    details = [
        detail("/Properties/Volumes/0/Name", BeforeValue="a", AfterValue="b"),
        detail("/Properties/Tags/1", AttributeChangeType="Add", AfterValue='{"Key":"k","Value":"v"}'),
        {"Target": {"Attribute": "DeletionPolicy", "RequiresRecreation": "Never"}},
    ]
    found = only(described("It", "ECS::TaskDefinition", Replacement="False", Details=details))
    assert [(each.path, each.before, each.after) for each in found.properties] == [
        ("DeletionPolicy", None, None),
        ("Tags[1]", None, "{Key: k, Value: v}"),
        ("Volumes[0].Name", "a", "b"),
    ]


def test_the_rules_see_both_contexts() -> None:
    def context(action: str) -> str:
        statement = {"Effect": "Allow", "Action": action, "Resource": "arn:aws:s3:::a"}
        document = {"Statement": [statement]}
        return json.dumps({"Properties": {"Policies": [{"PolicyName": "p", "PolicyDocument": document}]}})

    wider = described(
        "Role",
        "IAM::Role",
        Replacement="False",
        BeforeContext=context("s3:GetObject"),
        AfterContext=context("s3:*"),
        Details=[detail("/Properties/Policies/0/PolicyDocument")],
    )
    assert [(reason.rule, reason.text) for reason in only(wider).reasons] == [
        ("R111", "allows s3:* on arn:aws:s3:::a")
    ]
    narrower = {
        **wider["ResourceChange"],
        "BeforeContext": context("s3:*"),
        "AfterContext": context("s3:GetObject"),
    }
    assert only({"ResourceChange": narrower}).risk == "routine"


def test_without_contexts_the_known_old_values_are_put_back() -> None:
    declared = {"It": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 7}}}
    details = [detail("/Properties/RetentionInDays", BeforeValue="90", AfterValue="7")]
    found = only(described("It", "Logs::LogGroup", Replacement="False", Details=details), of=stack(declared))
    assert (found.risk, found.reasons[0].rule) == ("data-loss", "R106")


def test_a_policy_whose_old_text_is_unknown_is_exposure() -> None:
    details = [detail("/Properties/Policies")]
    found = only(described("Role", "IAM::Role", Replacement="False", Details=details))
    assert (found.risk, found.reasons[0].rule) == ("exposure", "R115")


def test_ingress_whose_old_rules_are_unknown_is_exposure() -> None:
    details = [detail("/Properties/SecurityGroupIngress")]
    found = only(described("Group", "EC2::SecurityGroup", Replacement="False", Details=details))
    assert found.risk == "exposure"


def test_all_of_a_new_stack_is_routine_and_one_more_resource_is_not() -> None:
    world = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0", "GroupId": "a"}
    declared = {
        "In": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": world},
        "Topic": {"Type": "AWS::SNS::Topic"},
    }
    ingress, topic = (
        described("In", "EC2::SecurityGroupIngress", "Add"),
        described("Topic", "SNS::Topic", "Add"),
    )
    whole = read([{"Changes": [ingress, topic]}], stack(declared))
    assert {change.risk for change in whole} == {"routine"}
    assert only(ingress, of=stack(declared)).risk == "exposure"


def test_a_removal_says_what_its_policy_does() -> None:
    found = only(described("Gone", "S3::Bucket", "Remove", PolicyAction="Retain"))
    assert (found.risk, found.origin) == ("data-loss", None)
    assert "no stack manages it" in found.reasons[0].text


def test_what_the_stack_calls_stateful_is() -> None:
    assert only(described("Named", "EC2::EIP", Replacement="True")).risk == "data-loss"


def test_origins_come_from_the_stack() -> None:
    found = only(described("Other", "SNS::Topic", Replacement="False"))
    assert found.origin is not None
    assert found.origin.component == "thing"


def test_values_from_hidden_parameters_are_never_shown() -> None:
    declared = {"It": {"Type": "AWS::RDS::DBProxy", "Properties": {"Note": [{"Ref": "Pin"}]}}}
    hidden = stack(declared, Parameters={"Pin": {"Type": "String", "NoEcho": True}})
    details = [detail("/Properties/Note/0", BeforeValue="hunter1", AfterValue="hunter2")]
    found = only(described("It", "RDS::DBProxy", Replacement="False", Details=details), of=hidden)
    assert (found.properties[0].before, found.properties[0].after) == ("(hidden)", "(hidden)")


@pytest.mark.parametrize("context", [None, "", "{", "[]", '{"Properties": null}'])
def test_unreadable_contexts_and_missing_details_are_survived(context: str | None) -> None:
    change = described("It", "IAM::Role", Replacement="False", BeforeContext=context, AfterContext=context)
    assert only(change).action == "modify"


def _described_queue(values: bool, contexts: bool, name: str = "Work") -> dict[str, Any]:
    """A queue whose messages expire sooner, described with what an endpoint may leave out."""
    seen = {"BeforeValue": "1209600", "AfterValue": "60"} if values else {}
    sides = {
        f"{side}Context": json.dumps({"Properties": {"MessageRetentionPeriod": seconds}})
        for side, seconds in (("Before", "1209600"), ("After", "60"))
    }
    details = [detail("/Properties/MessageRetentionPeriod", **seen)]
    return described(name, "SQS::Queue", Replacement="False", Details=details, **(sides if contexts else {}))


def _queues(seconds: int, *names: str) -> dict[str, Any]:
    return {
        name: {"Type": "AWS::SQS::Queue", "Properties": {"MessageRetentionPeriod": seconds}} for name in names
    }


@pytest.mark.parametrize(("values", "contexts"), [(True, True), (True, False), (False, True), (False, False)])
def test_a_change_reads_the_same_with_and_without_property_values(values: bool, contexts: bool) -> None:
    live = {"Resources": _queues(1209600, "Work")}
    pages = [{"Changes": [_described_queue(values, contexts)]}]
    (found,) = read(pages, stack(_queues(60, "Work")), live)
    assert (found.action, found.risk) == ("modify", "data-loss")
    assert [reason.rule for reason in found.reasons] == ["R106"]
    shown = [(each.path, each.before, each.after) for each in found.properties]
    assert shown == [("MessageRetentionPeriod", "1209600", "60")]


def test_one_plan_is_made_of_pages_with_values_and_pages_without() -> None:
    pages = [
        {"Changes": [_described_queue(True, True, "B")], "NextToken": "x"},
        {"Changes": [_described_queue(False, False, "A"), described("C", "SNS::Topic", "Add")]},
    ]
    after = _queues(60, "A", "B") | {"C": {"Type": "AWS::SNS::Topic"}}
    found = read(pages, stack(after), {"Resources": _queues(1209600, "A", "B")})
    assert [(each.logical_id, each.action, each.risk) for each in found] == [
        ("A", "modify", "data-loss"),
        ("B", "modify", "data-loss"),
        ("C", "add", "routine"),
    ]
    assert found[0].properties == found[1].properties
