"""Raw CloudFormation: passed on as it is, with what components offer put in."""

import pytest

from tests.specs import compiled, problems, resources

PARAMETER = "{{Type: AWS::SSM::Parameter, Properties: {{Type: String, Value: {value}}}}}"


def raw(value: str, extra: str = "") -> str:
    return "streams: {clicks: {}}\n" + extra + f"resources: {{Name: {PARAMETER.format(value=value)}}}\n"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{'Fn::GetAtt': [clicks, name]}", {"Ref": "ClicksName"}),
        ("{'Fn::GetAtt': clicks.name}", {"Ref": "ClicksName"}),
        (
            "{'Fn::Sub': 'x-${clicks.name}-${AWS::Region}'}",
            {"Fn::Sub": ["x-${ClicksName}-${AWS::Region}", {"ClicksName": {"Ref": "ClicksName"}}]},
        ),
        (
            "{'Fn::Join': ['-', [a, {'Fn::GetAtt': [clicks, name]}]]}",
            {"Fn::Join": ["-", ["a", {"Ref": "ClicksName"}]]},
        ),
        ("{'Fn::Sub': '${AWS::StackName}'}", {"Fn::Sub": "${AWS::StackName}"}),
        ("{Ref: 'AWS::Region'}", {"Ref": "AWS::Region"}),
    ],
)
def test_references_to_components_become_parameters(written: str, expected: object) -> None:
    (found,) = resources(compiled(raw(written)), "AWS::SSM::Parameter").values()
    assert found["Properties"]["Value"] == expected


def test_raw_resources_of_one_stack_refer_to_each_other_as_usual() -> None:
    spec = raw("{Ref: Other}").rstrip("}\n") + "}}}, Other: " + PARAMETER.format(value="x") + "}\n"
    found = resources(compiled(spec), "AWS::SSM::Parameter")
    assert found["Name"]["Properties"]["Value"] == {"Ref": "Other"}


def test_a_raw_resource_of_another_stack_is_reached_by_a_listed_attribute() -> None:
    spec = """\
        resources:
          Topic: {Type: AWS::SNS::Topic, layer: data, attributes: [TopicName]}
          Name:
            Type: AWS::SSM::Parameter
            Properties: {Type: String, Value: {"Fn::GetAtt": [Topic, TopicName]}}
          Arn: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: {Ref: Topic}}}
        """
    found = resources(compiled(spec), "AWS::SSM::Parameter")
    assert found["Name"]["Properties"]["Value"] == {"Ref": "TopicTopicName"}
    assert found["Arn"]["Properties"]["Value"] == {"Ref": "TopicRef"}


def test_an_attribute_that_a_component_lacks_is_named_with_what_there_is() -> None:
    found = problems(raw("{'Fn::GetAtt': [clicks, nam]}"))
    assert found[0].startswith("spec.yaml:8:")
    assert "E219 'clicks' has no attribute 'nam'; it has: arn, name" in found[0]
    assert found[0].endswith("did you mean 'name'?")


def test_a_component_of_a_later_layer_is_refused_with_what_to_write() -> None:
    spec = """\
        streams: {clicks: {}}
        resources:
          Early:
            Type: AWS::SSM::Parameter
            layer: network
            Properties: {Type: String, Value: {"Fn::GetAtt": [clicks, name]}}
        """
    assert problems(spec)[0].endswith(
        "E219 'clicks' is of the data layer, which comes later; write 'layer: data'"
    )


def test_what_holds_data_is_kept_in_production_unless_it_says_otherwise() -> None:
    spec = """\
        resources:
          One: {Type: AWS::SQS::Queue}
          Two: {Type: AWS::SQS::Queue, DeletionPolicy: Delete, UpdateReplacePolicy: Delete}
        """
    found = resources(compiled(spec, "production"), "AWS::SQS::Queue")
    assert [found[name]["DeletionPolicy"] for name in ("One", "Two")] == ["RetainExceptOnCreate", "Delete"]


def test_a_named_role_asks_for_the_capability_it_needs() -> None:
    role = "{Type: AWS::IAM::Role, Properties: {RoleName: x, AssumeRolePolicyDocument: {}}}"
    (stack,) = (
        stack for stack in compiled(f"resources: {{Role: {role}}}\n").stacks if stack.layer == "compute"
    )
    assert stack.capabilities == ("CAPABILITY_NAMED_IAM",)


def test_a_logical_id_is_not_a_name_in_kebab_case() -> None:
    (found, *_) = problems("resources: {my-topic: {Type: AWS::SNS::Topic}}\n")
    assert "must be a logical id" in found


@pytest.mark.parametrize("layer", ["network", "compute"])
def test_a_list_that_a_component_offers_can_be_joined(layer: str) -> None:
    value = "{'Fn::Join': [',', {'Fn::GetAtt': [network, private_subnet_ids]}]}"
    written = PARAMETER.format(value=value).replace("Properties", f"layer: {layer}, Properties", 1)
    assembly = compiled("network: {}\nresources: {Subnets: " + written + "}\n")
    (found,) = resources(assembly, "AWS::SSM::Parameter").values()
    joined = found["Properties"]["Value"]["Fn::Join"][1]
    own = [{"Ref": "NetworkPrivateSubnetA"}, {"Ref": "NetworkPrivateSubnetB"}]
    assert joined == (own if layer == "network" else {"Ref": "NetworkPrivateSubnetIds"})
    assert all(stack.body for stack in assembly.stacks)


def test_a_variable_of_the_texts_own_keeps_its_meaning() -> None:
    value = "{'Fn::Sub': ['${clicks.name} ${ClicksName}', {ClicksName: mine}]}"
    (found,) = resources(compiled(raw(value)), "AWS::SSM::Parameter").values()
    assert found["Properties"]["Value"] == {
        "Fn::Sub": [
            "${ClicksNameOfComponent} ${ClicksName}",
            {"ClicksName": "mine", "ClicksNameOfComponent": {"Ref": "ClicksName"}},
        ]
    }


def test_a_macro_is_acknowledged() -> None:
    assembly = compiled(raw("{'Fn::Transform': {Name: Shout, Parameters: {Text: hello}}}"))
    assert [stack.capabilities for stack in assembly.stacks if stack.layer == "compute"] == [
        ("CAPABILITY_AUTO_EXPAND",)
    ]


def test_what_another_stack_does_not_offer_yet_can_be_listed() -> None:
    first = PARAMETER.format(value="x").replace("Properties", "layer: data, Properties", 1)
    second = PARAMETER.format(value="{'Fn::GetAtt': [First, Value]}")
    spec = f"resources:\n  First: {first}\n  Second: {second}\n"
    (found, *_) = problems(spec)
    assert found.endswith(
        "E219 'First' offers no 'Value', but: Ref; list it in the `attributes` of 'First', which is in "
        "another stack"
    )


def test_a_component_has_no_ref() -> None:
    (found, *_) = problems(raw("{Ref: clicks}"))
    assert "E219 'clicks' is a component, without a `Ref`; write Fn::GetAtt with one of: arn, " in found


def test_a_layer_of_the_second_region_needs_one() -> None:
    """It would be a stack in the first region, and in the way when a second one comes."""
    raw = "resources: {Topic: {Type: 'AWS::SNS::Topic', layer: recovery-foundation}}\n"
    (found,) = problems(raw)
    assert "the layer 'recovery-foundation' is in a second region, which this environment has not" in found
    there = compiled(f"{raw}disaster_recovery: {{region: us-west-2, tier: pilot_light}}\n")
    (stack,) = (stack for stack in there.stacks if "Topic" in stack.template["Resources"])
    assert stack.region == "us-west-2"


def test_in_the_second_region_it_keeps_its_id_and_can_use_what_is_there() -> None:
    found = compiled(
        "disaster_recovery: {region: us-west-2, tier: pilot_light}\n"
        "buckets: {reports: {versioning: true}}\n"
        "resources:\n"
        "  Topic: {Type: 'AWS::SNS::Topic', layer: recovery-storage}\n"
        "  Names:\n"
        "    Type: AWS::SSM::Parameter\n"
        "    layer: recovery-data\n"
        "    Properties: {Type: String, Value: {'Fn::Sub': '${Topic.Ref} ${reports.recovery_name}'}}\n"
    )
    stacks = {stack.layer: stack for stack in found.stacks}
    assert stacks["recovery-storage"].template["Outputs"]["TopicRef"] == {"Value": {"Ref": "Topic"}}
    (names,) = resources(found, "AWS::SSM::Parameter").values()
    assert names["Properties"]["Value"]["Fn::Sub"][1] == {
        "TopicRef": {"Ref": "TopicRef"},
        "ReportsRecoveryName": {"Ref": "ReportsRecoveryName"},
    }
