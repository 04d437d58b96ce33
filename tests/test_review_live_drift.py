"""Change sets that know what is live -> the review.

The pages are hand-made, in the shape of DescribeChangeSet with DeploymentMode REVERT_DRIFT in botocore's
service model, which checks them: the emulator makes no such change sets.
"""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.stub import Stubber

from compiler.assembly import Origin, Stack
from compiler.diagnostics import Position
from compiler.review import live_drift
from compiler.review.changes import Change, ChangePlan, StackChanges
from compiler.review.changesets import read
from compiler.views import review
from compiler.views.style import Style

TIME = "2026-11-23T03:00:00Z"


def page(*changes: dict[str, Any], status: str = "DRIFTED") -> dict[str, Any]:
    """One page as boto3 gives it, checked against the service model."""
    answer = {
        "DeploymentMode": "REVERT_DRIFT",
        "StackDriftStatus": status,
        "Changes": [{"Type": "Resource", "ResourceChange": change} for change in changes],
    }
    client = botocore.session.get_session().create_client(
        "cloudformation", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    with Stubber(client) as stubber:
        stubber.add_response("describe_change_set", answer)
        found: dict[str, Any] = client.describe_change_set(ChangeSetName="formwork-made-by-hand")
    return found


def changed(logical_id: str, kind: str, status: str = "MODIFIED", **more: Any) -> dict[str, Any]:
    return {
        "Action": "Modify",
        "LogicalResourceId": logical_id,
        "ResourceType": kind,
        "Replacement": "False",
        "Scope": ["Properties"],
        "ResourceDriftStatus": status,
        **more,
    }


def drifted(path: str, previous: str, actual: str, after: str, kind: str = "Modify") -> dict[str, Any]:
    target = {
        "Attribute": "Properties",
        "Name": path.split("/")[2],
        "Path": path,
        "RequiresRecreation": "Never",
        "BeforeValue": actual,
        "AfterValue": after,
        "BeforeValueFrom": "ACTUAL_STATE",
        "AfterValueFrom": "TEMPLATE",
        "AttributeChangeType": kind,
        "Drift": {"PreviousValue": previous, "ActualValue": actual, "DriftDetectionTimestamp": TIME},
    }
    return {"Target": target, "Evaluation": "Static", "ChangeSource": "NoModification"}


def a_stack(**resources: dict[str, Any]) -> Stack:
    origins = {name: Origin("thing", "queues.thing", Position("spec.yaml", 7, 3)) for name in resources}
    return Stack("shop-data", "data", {"Resources": resources}, {}, (), (), origins, ())


QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 0}}


def only(stack: Stack, *changes: dict[str, Any]) -> Change:
    (found,) = read([page(*changes)], stack)
    return found


def test_the_live_value_comes_before_and_what_was_deployed_is_told_beside_it() -> None:
    change = only(
        a_stack(Queue=QUEUE),
        changed(
            "Queue", "AWS::SQS::Queue", Details=[drifted("/Properties/VisibilityTimeout", "0", "5", "0")]
        ),
    )
    (told,) = change.properties
    assert (told.before, told.after, told.deployed) == ("5", "0", "0")
    assert [(each.rule, each.text) for each in change.reasons if each.rule == live_drift.DRIFT] == [
        ("R157", "brings back what was changed by hand: VisibilityTimeout")
    ]
    plan = ChangePlan("shop", "dev", (StackChanges("shop-data", "data", "update", (change,)),))
    assert "VisibilityTimeout: 5 -> 0 (deployed: 0; the live value was set by hand)" in review.text(
        [plan], Style(False)
    )
    (entry,) = review.data([plan])["changes"]
    assert entry["properties"][0]["deployed"] == "0"


def test_a_change_that_is_there_already_only_changes_the_record() -> None:
    detail = drifted("/Properties/VisibilityTimeout", "0", "5", "5", "SyncWithActual")
    change = only(
        a_stack(Queue=QUEUE), changed("Queue", "AWS::SQS::Queue", Action="SyncWithActual", Details=[detail])
    )
    assert change.action == "modify"
    texts = [reason.text for reason in change.reasons]
    assert "only what CloudFormation has on record changes, not the resource" in texts
    assert "only the record changes" in review.by_hand(change.properties[0])


def test_closing_what_was_opened_by_hand_is_no_exposure() -> None:
    group = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "web"}}
    opened = '[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}]'
    detail = drifted("/Properties/SecurityGroupIngress", "[]", opened, "[]")
    change = only(a_stack(Group=group), changed("Group", "AWS::EC2::SecurityGroup", Details=[detail]))
    assert change.risk == "routine"


def test_a_deleted_resource_is_made_anew_and_said_to_be_empty() -> None:
    change = only(
        a_stack(Queue=QUEUE, Other=QUEUE), changed("Queue", "AWS::SQS::Queue", "DELETED", Action="Add")
    )
    assert change.action == "add"
    assert "was deleted behind CloudFormation's back, and is made anew and empty" in change.reasons[-1].text


def test_what_is_not_compared_is_told() -> None:
    ignored = [{"Path": "/Properties/Tags", "Reason": "MANAGED_BY_AWS"}]
    change = only(
        a_stack(Queue=QUEUE),
        changed("Queue", "AWS::SQS::Queue", "UNKNOWN", ResourceDriftIgnoredAttributes=ignored),
    )
    texts = [reason.text for reason in change.reasons]
    assert "CloudFormation could not look at it, so what was done to it by hand is not known" in texts
    assert "Tags is not compared: AWS manages it" in texts


def test_a_secret_stays_hidden_on_all_three_sides() -> None:
    detail = drifted("/Properties/MasterUserPassword", "one-secret", "two-secret", "three-secret")
    cluster = {"Type": "AWS::RDS::DBCluster", "Properties": {"MasterUserPassword": "three-secret"}}
    change = only(a_stack(Db=cluster), changed("Db", "AWS::RDS::DBCluster", Details=[detail]))
    assert "secret" not in str(change.properties)


def test_what_autoscaling_governs_is_refused() -> None:
    service = {"Type": "AWS::ECS::Service", "Properties": {"DesiredCount": 1}}
    target = {
        "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
        "Properties": {
            "ScalableDimension": "ecs:service:DesiredCount",
            "ResourceId": {"Fn::Sub": "service/c/${Service.Name}"},
        },
    }
    detail = drifted("/Properties/DesiredCount", "1", "7", "1")
    change = only(
        a_stack(Service=service, Target=target), changed("Service", "AWS::ECS::Service", Details=[detail])
    )
    assert change.action == "refused"
    assert change.reasons[0].text.startswith("DesiredCount is not to be brought back: its autoscaling sets")
    alone = only(a_stack(Service=service), changed("Service", "AWS::ECS::Service", Details=[detail]))
    assert alone.action == "modify"


@pytest.mark.parametrize(
    ("resource", "status", "word"),
    [
        ({"Type": "AWS::ApiGateway::Resource"}, "MODIFIED", "2505"),
        ({"Type": "AWS::SNS::Subscription", "Properties": {"Protocol": "email"}}, "DELETED", "2455"),
        (
            {"Type": "AWS::SQS::Queue", "Properties": {"KmsMasterKeyId": {"Fn::GetStackOutput": {}}}},
            "MODIFIED",
            "2559",
        ),
    ],
)
def test_known_bugs_of_drift_aware_change_sets_are_refused(
    resource: dict[str, Any], status: str, word: str
) -> None:
    change = only(a_stack(Thing=resource), changed("Thing", resource["Type"], status))
    assert change.action == "refused"
    assert word in change.reasons[0].text


def test_the_stack_as_a_whole_is_told_of() -> None:
    assert live_drift.notes([page()]) == ("what was changed by hand is brought back",)
    assert live_drift.notes([page(status="IN_SYNC")]) == ()
    assert "could not tell" in live_drift.notes([page(status="UNKNOWN")])[0]
    assert live_drift.notes([{"Changes": []}]) == ()
