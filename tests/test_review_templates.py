"""Two assemblies -> a plan: carried replacements, wiring, notes, secrets, and the algebra of a difference."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.assembly import Assembly, Origin, Stack, Wire
from compiler.diagnostics import Position
from compiler.review.changes import Change, ChangePlan
from compiler.review.templates import compare

HERE = Position("spec.yaml", 7, 3)


def res(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def stack(name: str = "one", resources: Mapping[str, Any] | None = None, **more: Any) -> Stack:
    sections = {
        key: more.pop(key) for key in ("Parameters", "Outputs", "Mappings", "Conditions") if key in more
    }
    origins = {logical_id: Origin("thing", f"things.{logical_id}", HERE) for logical_id in resources or {}}
    fields: dict[str, Any] = {"parameters": {}, "stateful": (), "capabilities": (), **more}
    return Stack(
        name=name,
        layer=name,
        template={"Resources": resources or {}, **sections},
        depends_on=(),
        origins=origins,
        **fields,
    )


def assembly(*stacks: Stack, **tags: str) -> Assembly:
    return Assembly("shop", "dev", "dev", "us-east-1", None, tags, stacks, ())


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Change]:
    return changes(compare(assembly(stack(resources=before)), assembly(stack(resources=after))))


def changes(plan: ChangePlan) -> dict[str, Change]:
    return {change.logical_id: change for part in plan.stacks for change in part.changes}


def actions(found: Mapping[str, Change]) -> dict[str, str]:
    return {logical_id: change.action for logical_id, change in found.items()}


def rules(change: Change) -> set[str]:
    return {reason.rule for reason in change.reasons}


def test_everything_is_new_when_there_was_nothing() -> None:
    plan = compare(None, assembly(stack(resources={"Topic": res("SNS::Topic")})))
    assert plan.stacks[0].action == "create"
    assert changes(plan)["Topic"].risk == "routine"


def test_open_access_in_a_wholly_new_stack_is_routine() -> None:
    world = res("EC2::SecurityGroupIngress", GroupId="a", IpProtocol="-1", CidrIp="0.0.0.0/0")
    anyone = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}
    plan = compare(
        None,
        assembly(stack(resources={"In": world, "Role": res("IAM::Role", AssumeRolePolicyDocument=anyone)})),
    )
    assert {change.risk for change in changes(plan).values()} == {"routine"}


def test_removed_stacks_come_last_and_in_reverse() -> None:
    before = assembly(*(stack(name, {"Topic": res("SNS::Topic")}) for name in ("a", "b", "c")))
    plan = compare(before, replace(before, stacks=before.stacks[:1]))
    assert [(part.stack, part.action) for part in plan.stacks] == [
        ("a", "none"),
        ("c", "delete"),
        ("b", "delete"),
    ]


def test_a_stack_of_the_same_name_in_another_region_is_another_stack() -> None:
    holding = {"Topic": res("SNS::Topic")}
    before = assembly(stack(resources=holding, region="eu-west-1"))
    plan = compare(before, assembly(stack(resources=holding, region="eu-central-1")))
    assert [(part.region, part.action) for part in plan.stacks] == [
        ("eu-central-1", "create"),
        ("eu-west-1", "delete"),
    ]
    assert not compare(before, before).has_changes


def test_another_type_replaces() -> None:
    found = diff({"It": res("SNS::Topic")}, {"It": res("SQS::Queue")})["It"]
    assert (found.action, found.type, found.properties[0].path) == ("replace", "AWS::SQS::Queue", "Type")


@pytest.mark.parametrize("attribute", ["DeletionPolicy", "UpdateReplacePolicy"])
def test_a_weakened_policy_is_data_loss(attribute: str) -> None:
    strong, weak = ({**res("S3::Bucket"), attribute: value} for value in ("Retain", "Delete"))
    found = diff({"It": strong}, {"It": weak})["It"]
    assert (found.action, found.risk) == ("modify", "data-loss")
    assert "R103" in rules(found)
    assert diff({"It": weak}, {"It": strong})["It"].risk == "routine"


def test_a_cluster_without_a_deletion_policy_has_a_snapshot_taken() -> None:
    removed = diff({"It": res("RDS::DBCluster")}, {})["It"]
    assert "a final snapshot is kept" in removed.reasons[0].text
    deleted = {**res("RDS::DBCluster"), "DeletionPolicy": "Delete"}
    assert "R103" in rules(diff({"It": res("RDS::DBCluster")}, {"It": deleted})["It"])


def test_what_a_policy_keeps_is_said() -> None:
    kept = {**res("S3::Bucket"), "DeletionPolicy": "RetainExceptOnCreate"}
    assert "no stack manages it" in diff({"It": kept}, {})["It"].reasons[0].text
    replaced = diff({"It": res("S3::Bucket", BucketName="a")}, {"It": res("S3::Bucket", BucketName="b")})[
        "It"
    ]
    assert "its data is deleted" in replaced.reasons[0].text


def test_the_stack_says_what_holds_data_whatever_its_type() -> None:
    before = stack(resources={"It": res("EC2::EIP")}, stateful=("It",))
    found = changes(compare(assembly(before), assembly(stack())))["It"]
    assert found.risk == "data-loss"


def test_dependencies_are_changes_that_do_nothing() -> None:
    first, second = {**res("SNS::Topic"), "DependsOn": ["A"]}, {**res("SNS::Topic"), "DependsOn": ["B"]}
    found = diff({"It": first}, {"It": second})["It"]
    assert (found.properties[0].path, found.action, found.risk) == ("DependsOn", "modify", "routine")


def test_a_removed_resource_keeps_its_origin() -> None:
    found = diff({"It": res("SNS::Topic")}, {})["It"]
    assert found.origin is not None
    assert found.origin.position == HERE


def test_a_replacement_is_carried_to_who_refers_by_a_create_only_property() -> None:
    def network(cidr: str) -> dict[str, Any]:
        return {
            "Vpc": res("EC2::VPC", CidrBlock=cidr),
            "Subnet": res("EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock="10.0.0.0/24"),
            "Target": res("EFS::MountTarget", SubnetId={"Fn::Sub": "${Subnet}"}, FileSystemId="fs"),
            "Topic": res("SNS::Topic", DisplayName="x"),
        }

    found = diff(network("10.0.0.0/16"), network("10.1.0.0/16"))
    assert actions(found) == {"Vpc": "refused", "Subnet": "replace", "Target": "replace"}
    assert "R151" in rules(found["Target"])
    assert found["Target"].properties[0].after == "${Subnet} (new value)"


def test_a_replacement_updates_who_refers_in_place() -> None:
    def service(image: str) -> dict[str, Any]:
        return {
            "Task": res("ECS::TaskDefinition", ContainerDefinitions=[{"Name": "app", "Image": image}]),
            "Service": res("ECS::Service", TaskDefinition={"Ref": "Task"}, Cluster="c"),
        }

    found = diff(service("a:1"), service("a:2"))
    assert actions(found) == {"Task": "replace", "Service": "modify"}
    assert {change.risk for change in found.values()} == {"routine"}
    assert found["Task"].properties[0].path == "ContainerDefinitions[app].Image"


def test_what_may_be_replaced_may_replace_its_dependents_and_changes_nothing_else() -> None:
    def network(tenancy: str) -> dict[str, Any]:
        return {
            "Vpc": res("EC2::VPC", InstanceTenancy=tenancy),
            "Group": res("EC2::SecurityGroup", VpcId={"Ref": "Vpc"}, GroupDescription="x"),
            "Alarm": res("CloudWatch::Alarm", AlarmDescription={"Ref": "Vpc"}),
        }

    found = diff(network("default"), network("dedicated"))
    assert actions(found) == {"Vpc": "may-replace", "Group": "may-replace"}


def test_an_update_in_place_that_gives_an_attribute_another_value_is_carried_by_that_attribute() -> None:
    def holding(view: str) -> dict[str, Any]:
        arn, name = {"Fn::GetAtt": ["Table", "StreamArn"]}, {"Ref": "Table"}
        return {
            "Table": res("DynamoDB::Table", StreamSpecification={"StreamViewType": view}),
            "Reader": res("Lambda::EventSourceMapping", EventSourceArn=arn),
            "Topic": res("SNS::Topic", DisplayName={"Fn::Sub": "${Table.StreamArn}"}),
            "Other": res("SNS::Topic", DisplayName=name),
        }

    found = diff(holding("NEW_IMAGE"), holding("OLD_IMAGE"))
    assert actions(found) == {"Table": "modify", "Reader": "replace", "Topic": "modify"}
    assert rules(found["Reader"]) == {"R132", "R151"}


def test_a_port_outlives_the_replacement_of_its_resource() -> None:
    def data(key: str) -> dict[str, Any]:
        port = {"Fn::GetAtt": ["Cluster", "Endpoint.Port"]}
        return {
            "Cluster": res("RDS::DBCluster", KmsKeyId=key),
            "In": res("EC2::SecurityGroupIngress", GroupId="a", FromPort=port, ToPort=port, IpProtocol="tcp"),
        }

    assert actions(diff(data("a"), data("b"))) == {"Cluster": "replace"}


def test_an_unknown_type_may_be_replaced_and_says_why() -> None:
    before, after = ({"It": {"Type": "Acme::Shop::Till", "Properties": {"Size": n}}} for n in (1, 2))
    found = diff(before, after)["It"]
    assert (found.action, found.risk) == ("may-replace", "interrupting")
    assert "no schema of Acme::Shop::Till" in next(r.text for r in found.reasons if r.rule == "R153")


def two_stacks(cidr: str, **vpc: Any) -> Assembly:
    network = stack(
        "network",
        {"Vpc": res("EC2::VPC", CidrBlock=cidr, **vpc)},
        Outputs={"VpcId": {"Value": {"Ref": "Vpc"}}},
    )
    compute = stack(
        "compute",
        {
            "Group": res("EC2::SecurityGroup", VpcId={"Ref": "Net"}, GroupDescription="x"),
            "Alarm": res("CloudWatch::Alarm", AlarmDescription={"Ref": "Net"}),
        },
        Parameters={"Net": {"Type": "String"}},
        parameters={"Net": Wire("network", "VpcId")},
        Outputs={"Passed": {"Value": {"Ref": "Net"}}},
    )
    edge = stack(
        "edge",
        {"Link": res("ElasticLoadBalancingV2::TargetGroup", VpcId={"Ref": "Net"})},
        Parameters={"Net": {"Type": "String"}},
        parameters={"Net": Wire("compute", "Passed")},
    )
    return assembly(network, compute, edge)


def test_a_replacement_is_carried_across_stacks_by_wiring_and_names_the_stack() -> None:
    plan = compare(two_stacks("10.0.0.0/16"), two_stacks("10.1.0.0/16"))
    found = changes(plan)
    expected = {"Vpc": "refused", "Group": "may-replace", "Alarm": "modify", "Link": "may-replace"}
    assert actions(found) == expected
    reason = next(reason for reason in found["Group"].reasons if reason.rule == "R152")
    assert "comes from the stack network, where Vpc is replaced" in reason.text
    assert [part.action for part in plan.stacks] == ["update", "update", "update"]


def test_an_output_that_gives_another_value_is_carried_too() -> None:
    before, after = two_stacks("10.0.0.0/16"), two_stacks("10.0.0.0/16")
    template = {**after.stacks[0].template, "Outputs": {"VpcId": {"Value": "vpc-1"}}}
    moved = replace(after, stacks=(replace(after.stacks[0], template=template), *after.stacks[1:]))
    plan = compare(before, moved)
    assert actions(changes(plan))["Group"] == "may-replace"
    assert "output VpcId: ${Vpc} -> vpc-1" in plan.stacks[0].notes


def test_rewiring_to_the_same_value_changes_nothing() -> None:
    before = two_stacks("10.0.0.0/16")
    network, compute, edge = before.stacks
    outputs = {**network.template["Outputs"], "Id": {"Value": {"Fn::Sub": "${Vpc}"}}}
    after = replace(
        before,
        stacks=(
            replace(network, template={**network.template, "Outputs": outputs}),
            replace(compute, parameters={"Net": Wire("network", "Id")}),
            edge,
        ),
    )
    plan = compare(before, after)
    assert changes(plan) == {}
    assert [part.notes for part in plan.stacks] == [
        ("output Id is new",),
        ("parameter Net is wired anew from network.Id, not from network.VpcId",),
        (),
    ]


def test_a_default_that_changes_is_carried_and_noted() -> None:
    def sized(size: int) -> Assembly:
        found = stack(
            resources={"Stream": res("Kinesis::Stream", Name={"Ref": "Size"})},
            Parameters={"Size": {"Type": "Number", "Default": size}},
        )
        return assembly(found)

    plan = compare(sized(1), sized(2))
    assert actions(changes(plan)) == {"Stream": "replace"}
    assert plan.stacks[0].notes == ("default of parameter Size: 1 -> 2",)


def test_a_mapping_or_condition_that_changes_may_change_who_uses_it() -> None:
    def mapped(size: str) -> Assembly:
        name = {"Fn::FindInMap": ["Sizes", {"Fn::GetAtt": ["Other", "Key"]}, "b"]}
        found = stack(
            resources={"It": res("Kinesis::Stream", Name=name)}, Mappings={"Sizes": {"a": {"b": size}}}
        )
        return assembly(found)

    plan = compare(mapped("x"), mapped("y"))
    assert actions(changes(plan)) == {"It": "may-replace"}
    assert "Mappings change: Sizes" in plan.stacks[0].notes


def test_tags_of_the_platform_are_noted_for_every_stack() -> None:
    plan = compare(assembly(stack(), owner="a"), assembly(stack(), owner="b", cost="c"))
    assert plan.stacks[0].notes == ("tag cost: (none) -> c", "tag owner: a -> b")
    assert plan.stacks[0].action == "update"


@pytest.mark.parametrize(
    "properties",
    [
        {"MasterUserPassword": "hunter2"},
        {"Environment": [{"Name": "DB_PASSWORD", "Value": "hunter2"}]},
        {"Environment": {"Variables": {"API_TOKEN": "hunter2"}}},
        {"Url": "postgres://app:hunter2@db/app"},
        {"Note": "AKIAABCDEFGHIJKLMNOP hunter2"},
        {"SecretString": {"user": "a", "password": "hunter2"}},
        {"Settings": ["password=hunter2"]},
    ],
)
def test_secrets_are_never_shown(properties: dict[str, Any]) -> None:
    plan = compare(
        assembly(stack(resources={"It": res("Lambda::Function")})),
        assembly(stack(resources={"It": res("Lambda::Function", **properties)})),
    )
    assert "hunter2" not in repr(plan)
    assert "(hidden)" in repr(plan)


def test_the_default_of_a_hidden_parameter_is_never_shown() -> None:
    def hidden(value: str) -> Assembly:
        return assembly(stack(Parameters={"Pin": {"Type": "String", "NoEcho": True, "Default": value}}))

    plan = compare(hidden("hunter1"), hidden("hunter2"))
    assert plan.stacks[0].notes == ("default of parameter Pin: (hidden) -> (hidden)",)


@pytest.mark.parametrize(
    "value", [{"Ref": "Secret"}, "{{resolve:secretsmanager:a:SecretString:b}}", "arn:aws:x"]
)
def test_pointers_to_secrets_are_shown(value: Any) -> None:
    found = diff({"It": res("RDS::DBCluster")}, {"It": res("RDS::DBCluster", MasterUserPassword=value)})["It"]
    assert found.properties[0].after != "(hidden)"


def test_long_values_are_cut_around_the_difference() -> None:
    before, after = "a" * 500 + "before" + "b" * 500, "a" * 500 + "after" + "b" * 500
    found = diff({"It": res("SNS::Topic", Note=before)}, {"It": res("SNS::Topic", Note=after)})[
        "It"
    ].properties[0]
    assert found.before is not None
    assert "before" in found.before
    assert len(found.before) < 100


def test_a_variable_inserted_at_the_front_is_one_change() -> None:
    def env(*names: str) -> dict[str, Any]:
        variables = [{"Name": name, "Value": name.lower()} for name in names]
        return {
            "It": res("ECS::TaskDefinition", ContainerDefinitions=[{"Name": "app", "Environment": variables}])
        }

    found = diff(env("B", "C"), env("A", "B", "C"))["It"]
    assert [each.path for each in found.properties if each.path.endswith(".Value")] == [
        "ContainerDefinitions[app].Environment[A].Value"
    ]


def test_numbers_and_their_text_are_the_same() -> None:
    assert diff({"It": res("SQS::Queue", DelaySeconds=1)}, {"It": res("SQS::Queue", DelaySeconds="1")}) == {}
    assert diff({"It": res("SQS::Queue", FifoQueue=True)}, {"It": res("SQS::Queue", FifoQueue="true")}) == {}


def test_the_order_of_a_list_is_a_change() -> None:
    def containers(*names: str) -> dict[str, Any]:
        return {"It": res("ECS::TaskDefinition", ContainerDefinitions=[{"Name": name} for name in names])}

    found = diff(containers("a", "b"), containers("b", "a"))["It"]
    assert (found.action, found.properties[0].before) == ("replace", "[a, b]")


def test_comparing_does_not_import_cfnlint() -> None:
    script = (
        "import sys; from compiler.review.schemas import schema; assert schema('AWS::SNS::Topic');"
        "assert 'cfnlint' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_statement_put_in_the_middle_is_one_new_statement() -> None:
    def granting(*buckets: str) -> dict[str, Any]:
        statements = [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": bucket} for bucket in buckets]
        return {"It": res("IAM::ManagedPolicy", PolicyDocument={"Statement": statements})}

    paths = {each.path for each in diff(granting("a", "c"), granting("a", "b", "c"))["It"].properties}
    assert {path.partition("]")[0] for path in paths} == {"PolicyDocument.Statement[1"}
    gone = diff(granting("a", "b", "c"), granting("a", "c"))["It"].properties
    assert gone[0].path == "PolicyDocument.Statement[was 1].Action"
    assert all(each.after is None for each in gone)
    turned = diff(granting("a", "b"), granting("b", "a"))["It"].properties
    assert [each.path for each in turned] == ["PolicyDocument.Statement"]


@pytest.mark.parametrize(
    ("before", "after", "note"),
    [
        ({"Parameters": {"A": {"Type": "String"}}}, {}, "parameter A is removed"),
        ({}, {"Parameters": {"A": {"Type": "String"}}}, "parameter A is new"),
        (
            {"Parameters": {"A": {"Type": "String"}}},
            {"Parameters": {"A": {"Type": "Number"}}},
            "type of parameter A: String -> Number",
        ),
        ({"Outputs": {"A": {"Value": "x"}}}, {}, "output A is removed"),
        (
            {"Outputs": {"A": {"Value": "x"}}},
            {"Outputs": {"A": {"Value": "x", "Export": {"Name": "e"}}}},
            "output A: its description, export or condition changes",
        ),
        ({"Conditions": {"A": {"Fn::Equals": [1, 2]}}}, {"Conditions": {}}, "Conditions change: A"),
        ({"capabilities": ()}, {"capabilities": ("CAPABILITY_IAM",)}, "capabilities: [] -> [CAPABILITY_IAM]"),
    ],
)
def test_what_changes_beside_resources_is_noted(
    before: dict[str, Any], after: dict[str, Any], note: str
) -> None:
    plan = compare(assembly(stack(**before)), assembly(stack(**after)))
    assert plan.stacks[0].notes == (note,)
    assert plan.stacks[0].action == "update"


def test_egress_of_a_group_that_loses_its_rules_is_exposure() -> None:
    inside = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/16"}
    group = {"GroupDescription": "x", "VpcId": "v"}
    before, after = (
        res("EC2::SecurityGroup", SecurityGroupEgress=[inside], **group),
        res("EC2::SecurityGroup", **group),
    )
    found = diff({"It": before}, {"It": after})["It"]
    assert [reason.text for reason in found.reasons] == ["lets out every port, 0.0.0.0/0"]
    assert diff({"It": after}, {"It": before})["It"].risk == "routine"


KINDS = {
    "SNS::Topic": ("TopicName", "DisplayName"),
    "Kinesis::Stream": ("Name", "ShardCount"),
    "EC2::Subnet": ("VpcId", "MapPublicIpOnLaunch"),
    "ECS::TaskDefinition": ("Cpu", "Tags"),
}
VALUES = st.one_of(
    st.integers(0, 3),
    st.sampled_from(["a", "b"]),
    st.sampled_from(["R0", "R1", "R2"]).map(lambda name: {"Ref": name}),
    st.sampled_from(["R0", "R1"]).map(lambda name: {"Fn::Sub": f"x-${{{name}}}"}),
    st.lists(st.fixed_dictionaries({"Key": st.sampled_from("ab"), "Value": st.integers(0, 1)}), max_size=2),
)


@st.composite
def resources(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from(["R0", "R1", "R2", "R3"]), unique=True)):
        kind = draw(st.sampled_from(sorted(KINDS)))
        found[name] = res(
            kind, **draw(st.fixed_dictionaries({}, optional=dict.fromkeys(KINDS[kind], VALUES)))
        )
    return found


@given(resources())
def test_a_thing_does_not_differ_from_itself(found: dict[str, Any]) -> None:
    plan = compare(assembly(stack(resources=found)), assembly(stack(resources=found)))
    assert not plan.has_changes


@given(resources(), resources())
def test_reverting_inverts_the_actions(first: dict[str, Any], second: dict[str, Any]) -> None:
    forth, back = diff(first, second), diff(second, first)
    own = {name for name in first if name in second and first[name]["Type"] == second[name]["Type"]}
    # References differ between the two sides: what is carried along them need not be the same both ways.
    direct = {name for name in {*first, *second} if name not in own or not _refers(first, second, name)}
    inverse = {"add": "remove", "remove": "add"}
    for name in direct & {*forth}:
        assert back[name].action == inverse.get(forth[name].action, forth[name].action)


@given(resources(), resources(), st.randoms())
def test_the_order_of_resources_does_not_matter(
    first: dict[str, Any], second: dict[str, Any], random: Any
) -> None:
    shuffled = list(second.items())
    random.shuffle(shuffled)
    assert diff(first, second) == diff(first, dict(shuffled))


@given(resources(), resources())
def test_every_change_has_a_reason(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert all(change.reasons for change in diff(first, second).values())


def _refers(first: dict[str, Any], second: dict[str, Any], name: str) -> bool:
    return any(marker in repr((first[name], second[name])) for marker in ("Ref", "Sub"))


def test_a_chain_of_groups_from_the_internet_is_said_where_it_closes() -> None:
    world = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
    edge = {
        "Balancer": res("EC2::SecurityGroup", SecurityGroupIngress=[world]),
        "Web": res("EC2::SecurityGroup"),
        "In": res(
            "EC2::SecurityGroupIngress", GroupId={"Ref": "Web"}, SourceSecurityGroupId={"Ref": "Balancer"}
        ),
    }
    outputs = {"Web": {"Value": {"Fn::GetAtt": ["Web", "GroupId"]}}}
    group = {"Data": res("EC2::SecurityGroup"), "Other": res("EC2::SecurityGroup")}
    rule = res("EC2::SecurityGroupIngress", GroupId={"Ref": "Data"}, SourceSecurityGroupId={"Ref": "Source"})

    def platform(resources: Mapping[str, Any]) -> Assembly:
        wired = {"Source": Wire("edge", "Web")}
        data = stack(
            "data", {**group, **resources}, parameters=wired, Parameters={"Source": {"Type": "String"}}
        )
        return assembly(stack("edge", edge, Outputs=outputs), data)

    found = changes(compare(platform({}), platform({"ToData": rule})))
    (reason,) = (reason for reason in found["ToData"].reasons if reason.rule == "R156")
    assert reason.text == "requests from outside come nearer: the internet -> thing -> thing -> thing"
    assert found["ToData"].risk == "routine"
    inner = {**rule, "Properties": {"GroupId": {"Ref": "Data"}, "SourceSecurityGroupId": {"Ref": "Other"}}}
    (quiet,) = changes(compare(platform({}), platform({"ToData": inner}))).values()
    assert "R156" not in rules(quiet)
    # The second way to what is reached already is no news.
    twice = changes(compare(platform({"ToData": rule}), platform({"ToData": rule, "Again": rule})))
    assert "R156" not in rules(twice["Again"])
