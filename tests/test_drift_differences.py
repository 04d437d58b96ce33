"""What CloudFormation finds of one resource -> what counts, of which class, and what is left out and why.

The drifts are hand-made, in the shape of DescribeStackResourceDrifts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from compiler.assembly import Origin, Stack
from compiler.deploy.doors.drift import Difference, ResourceDrift
from compiler.diagnostics import Position
from compiler.drift import differences
from compiler.drift.differences import Differences
from compiler.review.schemas import provider_schema

OPEN = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}


def a_stack(resources: Mapping[str, Any], **sections: Any) -> Stack:
    origins = {name: Origin("thing", "things.thing", Position("spec.yaml", 7, 3)) for name in resources}
    return Stack("shop-data", "data", {"Resources": dict(resources), **sections}, {}, (), (), origins, ())


def found(
    kind: str, expected: Mapping[str, Any], actual: Mapping[str, Any], *, of: Stack | None = None, **more: Any
) -> Differences:
    """Of one resource called Thing, whose changed properties are told as CloudFormation would."""
    names = sorted({*expected, *actual})
    told = [
        Difference(f"/{name}", "NOT_EQUAL", json.dumps(expected.get(name)), json.dumps(actual.get(name)))
        for name in names
        if json.dumps(expected.get(name)) != json.dumps(actual.get(name))  # 1 is no true
    ]
    drift = ResourceDrift("Thing", "thing-1", kind, "MODIFIED", tuple(told), expected, actual)
    return differences.of(
        drift, of or a_stack({"Thing": {"Type": kind, "Properties": dict(expected), **more}})
    )


@pytest.mark.parametrize(
    ("kind", "expected", "actual", "risk", "path"),
    [
        (
            "AWS::EC2::SecurityGroup",
            {"GroupDescription": "web", "SecurityGroupIngress": []},
            {"GroupDescription": "web", "SecurityGroupIngress": [OPEN]},
            "exposure",
            "SecurityGroupIngress[0].CidrIp",
        ),
        (
            "AWS::RDS::DBCluster",
            {"DeletionProtection": True},
            {"DeletionProtection": False},
            "data-loss",
            "DeletionProtection",
        ),
        (
            "AWS::SQS::Queue",
            {"VisibilityTimeout": 0},
            {"VisibilityTimeout": 5},
            "routine",
            "VisibilityTimeout",
        ),
        (
            "AWS::S3::Bucket",
            {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
            {"PublicAccessBlockConfiguration": {"BlockPublicAcls": False}},
            "exposure",
            "PublicAccessBlockConfiguration.BlockPublicAcls",
        ),
    ],
)
def test_what_was_done_by_hand_has_the_class_that_a_review_gives_it(
    kind: str, expected: dict[str, Any], actual: dict[str, Any], risk: str, path: str
) -> None:
    findings = {finding.path: finding for finding in found(kind, expected, actual).findings}
    assert findings[path].risk == risk
    assert findings[path].id == f"Thing.{path}"
    assert bool(findings[path].reasons) == (risk != "routine")


def test_a_policy_that_was_widened_is_an_exposure() -> None:
    def policy(action: Any, resource: str) -> dict[str, Any]:
        allow = {"Effect": "Allow", "Action": action, "Resource": resource}
        return {
            "Policies": [
                {"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allow]}}
            ]
        }

    queue = "arn:aws:sqs:eu-west-1:111122223333:work"
    before = policy(["sqs:SendMessage"], queue)
    widened = found("AWS::IAM::Role", before, policy("sqs:*", "*"))
    assert {finding.risk for finding in widened.findings} == {"exposure"}
    same = found("AWS::IAM::Role", before, policy("sqs:SendMessage", queue))
    assert same.findings == ()
    assert "means the same" in same.ignored[0].why


def test_a_resource_that_is_gone_is_the_loss_of_its_data_whatever_its_policy_says() -> None:
    table = {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain", "Properties": {}}
    gone = ResourceDrift("Thing", "orders", "AWS::DynamoDB::Table", "DELETED")
    (finding,) = differences.of(gone, a_stack({"Thing": table})).findings
    assert (finding.id, finding.risk, finding.deleted) == ("Thing", "data-loss", True)
    assert "its data is deleted" in finding.reasons[0].text


@pytest.mark.parametrize(
    ("kind", "expected", "actual"),
    [
        ("AWS::SQS::Queue", {"DelaySeconds": 5}, {"DelaySeconds": "5"}),
        ("AWS::SQS::Queue", {"FifoQueue": True}, {"FifoQueue": "true"}),
        ("AWS::CloudWatch::Alarm", {"Threshold": 5}, {"Threshold": 5.0}),
        (
            "AWS::SQS::Queue",
            {"RedrivePolicy": {"maxReceiveCount": 3}},
            {"RedrivePolicy": '{"maxReceiveCount": "3"}'},
        ),
        (
            "AWS::SNS::Topic",
            {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]},
            {"Tags": [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]},
        ),
        (
            "AWS::Lambda::Function",
            {"VpcConfig": {"SubnetIds": ["s-1", "s-2"]}},
            {"VpcConfig": {"SubnetIds": ["s-2", "s-1"]}},
        ),
        (
            "AWS::S3::BucketPolicy",
            {
                "PolicyDocument": {
                    "Statement": {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*"}
                }
            },
            {
                "PolicyDocument": {
                    "Version": "2008-10-17",
                    "Statement": [{"Effect": "Deny", "Principal": {"AWS": ["*"]}, "Action": ["s3:*"]}],
                }
            },
        ),
    ],
)
def test_what_is_only_written_in_another_way_is_left_out(
    kind: str, expected: dict[str, Any], actual: dict[str, Any]
) -> None:
    same = found(kind, expected, actual)
    assert same.findings == ()
    assert len(same.ignored) == 1


def test_a_list_whose_order_counts_is_compared_in_its_order() -> None:
    assert provider_schema("AWS::Lambda::Function")
    one, other = "arn:aws:lambda:eu-west-1:1:layer:a:1", "arn:aws:lambda:eu-west-1:1:layer:b:1"
    schema = (provider_schema("AWS::ECS::TaskDefinition") or {})["definitions"]["ContainerDefinition"]
    assert schema["properties"]["Command"].get("insertionOrder") is not False
    swapped = found(
        "AWS::ECS::TaskDefinition",
        {"ContainerDefinitions": [{"Name": "app", "Command": [one, other]}]},
        {"ContainerDefinitions": [{"Name": "app", "Command": [other, one]}]},
    )
    assert [finding.path for finding in swapped.findings] == ["ContainerDefinitions[app].Command"]


def test_defaults_that_aws_fills_in_and_its_own_tags_are_left_out() -> None:
    default = found(
        "AWS::S3::Bucket",
        {"VersioningConfiguration": {}},
        {"VersioningConfiguration": {"Status": "Suspended"}},
    )
    assert default.findings == ()
    assert "when none is given" in default.ignored[0].why
    tagged = found(
        "AWS::SNS::Topic",
        {"Tags": [{"Key": "owner", "Value": "us"}]},
        {"Tags": [{"Key": "owner", "Value": "us"}, {"Key": "aws:backup:plan", "Value": "x"}]},
    )
    assert tagged.findings == ()
    assert {each.why for each in tagged.ignored} == {"AWS sets tags that begin with aws:"}
    own = found("AWS::SNS::Topic", {"Tags": []}, {"Tags": [{"Key": "by", "Value": "hand"}]})
    assert own.findings


def test_a_value_that_may_be_a_secret_is_never_told() -> None:
    """NoEcho, what AWS calls writeOnly, and what its name gives away; nor a digest that can be tried."""
    no_echo = a_stack(
        {"Thing": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Given"}}}},
        Parameters={"Given": {"Type": "String", "NoEcho": True}},
    )
    cases = [
        found("AWS::SQS::Queue", {"QueueName": "****"}, {"QueueName": "hush-1"}, of=no_echo),
        found("AWS::RDS::DBCluster", {"SnapshotIdentifier": "a"}, {"SnapshotIdentifier": "hush-2"}),
        found(
            "AWS::Lambda::Function",
            {"Environment": {"Variables": {"DB_PASSWORD": "one"}}},
            {"Environment": {"Variables": {"DB_PASSWORD": "hush-3"}}},
        ),
    ]
    for each in cases:
        (finding,) = each.findings
        assert (finding.actual, finding.hidden) == ("(hidden)", True)
        assert "hush" not in repr(finding)
        assert len(finding.digest) == 4


def test_the_digest_tells_one_live_value_from_another() -> None:
    values = [5, 6, 5]
    digests = [
        found("AWS::SQS::Queue", {"DelaySeconds": 0}, {"DelaySeconds": value}).findings[0].digest
        for value in values
    ]
    assert digests[0] == digests[2] != digests[1]


def test_differences_are_enough_where_cloudformation_gives_no_more() -> None:
    told = (
        Difference("/SecurityGroupIngress/0", "ADD", "null", json.dumps(OPEN)),
        Difference("/GroupDescription", "NOT_EQUAL", "web", "by hand"),
    )
    drift = ResourceDrift("Thing", "sg-1", "AWS::EC2::SecurityGroup", "MODIFIED", told)
    group = {"Type": drift.type, "Properties": {"GroupDescription": "web"}}
    findings = differences.of(drift, a_stack({"Thing": group})).findings
    paths = {finding.path: finding for finding in findings}
    assert paths["GroupDescription"].actual == "by hand"
    opened = paths["SecurityGroupIngress[0].CidrIp"]
    assert (opened.actual, opened.risk) == ("0.0.0.0/0", "exposure")


SCALED: dict[str, Any] = {
    "Target": {
        "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
        "Properties": {"ResourceId": {"Fn::Sub": "x/${Thing}"}},
    }
}


def _scaled(dimension: str) -> dict[str, Any]:
    properties = {**SCALED["Target"]["Properties"], "ScalableDimension": dimension}
    return {"Target": {**SCALED["Target"], "Properties": properties}}


@pytest.mark.parametrize(
    ("kind", "expected", "actual", "beside", "more"),
    [
        (
            "AWS::ECS::Service",
            {"DesiredCount": 1},
            {"DesiredCount": 4},
            _scaled("ecs:service:DesiredCount"),
            {},
        ),
        (
            "AWS::DynamoDB::Table",
            {"ProvisionedThroughput": {"ReadCapacityUnits": 5}},
            {"ProvisionedThroughput": {"ReadCapacityUnits": 50}},
            _scaled("dynamodb:table:ReadCapacityUnits"),
            {},
        ),
        (
            "AWS::Kinesis::Stream",
            {"ShardCount": 2},
            {"ShardCount": 4},
            {
                "Scaler": {
                    "Type": "AWS::Lambda::Function",
                    "Properties": {
                        "Environment": {"Variables": {"STREAM_NAME": {"Ref": "Thing"}, "MAX_SHARDS": "8"}}
                    },
                }
            },
            {},
        ),
        (
            "AWS::RDS::DBCluster",
            {"EngineVersion": "16.4"},
            {"EngineVersion": "16.6"},
            {
                "Writer": {
                    "Type": "AWS::RDS::DBInstance",
                    "Properties": {"DBClusterIdentifier": {"Ref": "Thing"}, "AutoMinorVersionUpgrade": True},
                }
            },
            {},
        ),
        (
            "AWS::ElasticLoadBalancingV2::ListenerRule",
            {"Actions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": [{"Weight": 100}]}}]},
            {"Actions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": [{"Weight": 0}]}}]},
            {
                "Service": {
                    "Type": "AWS::ECS::Service",
                    "Properties": {
                        "DeploymentConfiguration": {"Strategy": "BLUE_GREEN"},
                        "LoadBalancers": [
                            {"AdvancedConfiguration": {"ProductionListenerRule": {"Ref": "Thing"}}}
                        ],
                    },
                }
            },
            {},
        ),
        (
            "AWS::ECS::Service",
            {"TaskDefinition": "app:1", "DeploymentController": {"Type": "CODE_DEPLOY"}},
            {"TaskDefinition": "app:2", "DeploymentController": {"Type": "CODE_DEPLOY"}},
            {},
            {},
        ),
        (
            "AWS::Lambda::Alias",
            {"RoutingConfig": {"AdditionalVersionWeights": []}},
            {
                "RoutingConfig": {
                    "AdditionalVersionWeights": [{"FunctionVersion": "2", "FunctionWeight": 0.1}]
                }
            },
            {},
            {},
        ),
        (
            "AWS::Lambda::Alias",
            {"FunctionVersion": "1"},
            {"FunctionVersion": "2"},
            {},
            {"UpdatePolicy": {"CodeDeployLambdaAliasUpdate": {"ApplicationName": "x"}}},
        ),
        ("AWS::Logs::LogGroup", {}, {"LogGroupClass": "STANDARD"}, {}, {}),
    ],
)
def test_what_aws_or_autoscaling_governs_is_left_out_with_its_source(
    kind: str, expected: dict[str, Any], actual: dict[str, Any], beside: dict[str, Any], more: dict[str, Any]
) -> None:
    thing = {"Type": kind, "Properties": expected, **more}
    governed = found(kind, expected, actual, of=a_stack({"Thing": thing, **beside}))
    assert governed.findings == ()
    assert all(each.why and each.source for each in governed.ignored)


@pytest.mark.parametrize(
    ("kind", "expected", "actual"),
    [
        ("AWS::ECS::Service", {"DesiredCount": 1}, {"DesiredCount": 4}),
        ("AWS::Kinesis::Stream", {"ShardCount": 2}, {"ShardCount": 4}),
        ("AWS::Lambda::Alias", {"FunctionVersion": "1"}, {"FunctionVersion": "2"}),
        ("AWS::ECS::Service", {"TaskDefinition": "app:1"}, {"TaskDefinition": "app:2"}),
        ("AWS::Logs::LogGroup", {}, {"LogGroupClass": "INFREQUENT_ACCESS"}),
        ("AWS::ElastiCache::ReplicationGroup", {"EngineVersion": "7.1"}, {"EngineVersion": "7.10"}),
        ("AWS::SQS::Queue", {"FifoQueue": True}, {"FifoQueue": 1}),
        (
            "AWS::RDS::DBInstance",
            {"AutoMinorVersionUpgrade": True, "EngineVersion": "16.4"},
            {"AutoMinorVersionUpgrade": True, "EngineVersion": "17.1"},
        ),
    ],
)
def test_the_same_without_its_governor_is_drift(
    kind: str, expected: dict[str, Any], actual: dict[str, Any]
) -> None:
    assert len(found(kind, expected, actual).findings) == 1
