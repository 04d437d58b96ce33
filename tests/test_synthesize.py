"""From a platform to stacks: limits, policies, tags and what travels between stacks."""

import pytest

from compiler import names
from tests.specs import compiled, problems, resources

FUNCTION = (
    "{runtime: python3.13, inline: 'def handler(event, context): pass', connections: {clicks: produce}}"
)


def test_a_platform_too_large_for_a_stack_is_refused_with_what_to_do() -> None:
    queues = "queues:\n" + "".join(f"  q{number}: {{}}\n" for number in range(130))
    found = problems(queues)
    assert found == [
        "spec.yaml:1:1 E301 the data stack has 520 outputs, CloudFormation allows 200; "
        "give some components a 'stack' of their own, or split the platform into two specs",
        "spec.yaml:1:1 E301 the data stack has 520 resources, CloudFormation allows 500; "
        "give some components a 'stack' of their own, or split the platform into two specs",
        "spec.yaml:1:1 E301 the observability stack has 261 parameters, CloudFormation allows 200; "
        "give some components a 'stack' of their own, or split the platform into two specs",
    ]


@pytest.mark.parametrize(
    ("environment", "deletion", "replacement"),
    [("dev", "Delete", "Delete"), ("production", "RetainExceptOnCreate", "Retain")],
)
def test_what_holds_data_outlives_its_stack_only_in_production(
    environment: str, deletion: str, replacement: str
) -> None:
    (stream,) = resources(compiled("streams: {clicks: {}}\n", environment), "AWS::Kinesis::Stream").values()
    assert (stream["DeletionPolicy"], stream["UpdateReplacePolicy"]) == (deletion, replacement)


def test_everything_carries_the_platforms_tags() -> None:
    (stream,) = resources(
        compiled("tags: {owner: us}\nstreams: {clicks: {}}\n"), "AWS::Kinesis::Stream"
    ).values()
    tags = {tag["Key"]: tag["Value"] for tag in stream["Properties"]["Tags"]}
    assert tags == {"component": "clicks", "environment": "dev", "owner": "us", "platform": "shop"}


def test_an_output_exists_only_for_what_others_or_people_need() -> None:
    alone = compiled("streams: {clicks: {}}\n")
    used = compiled(f"streams: {{clicks: {{}}}}\nfunctions: {{send: {FUNCTION}}}\n")
    outputs = [
        set(next(stack for stack in assembly.stacks if stack.layer == "data").template["Outputs"])
        for assembly in (alone, used)
    ]
    assert outputs == [{"ClicksName"}, {"ClicksArn", "ClicksName"}]


def test_adding_a_component_moves_no_other() -> None:
    before = compiled("streams: {clicks: {}}\n")
    after = compiled("streams: {clicks: {}}\nqueues: {aaa: {}}\ntopics: {zzz: {}}\n")
    for stack in before.stacks:
        kept = next(found for found in after.stacks if found.layer == stack.layer)
        for logical_id, resource in stack.template["Resources"].items():
            assert kept.template["Resources"][logical_id] == resource


def test_a_name_that_aws_would_refuse_is_an_error_at_the_component() -> None:
    long = "a-queue-with-a-name-of-32-letter"
    body = f"functions: {{{long}-long: {FUNCTION.replace(', connections: {clicks: produce}', '')}}}\n"
    assert [problem.split()[1] for problem in problems(body)] == ["E105"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("device-api", "DeviceApi"), ("primary_endpoint", "PrimaryEndpoint"), ("a1-b2", "A1B2"), ("x", "X")],
)
def test_logical_ids_are_made_of_whole_words(name: str, expected: str) -> None:
    assert names.pascal(name) == expected


def test_values_of_two_components_that_are_called_alike_are_told_apart_or_refused() -> None:
    """A function would be watched in the place of another, without a word."""
    function = (
        "functions: {jwt-rotation-function: {runtime: python3.13, inline: 'def handler(e, c): pass'}}\n"
    )
    (found,) = problems(f"secrets: {{jwt: {{rotation: {{}}}}}}\n{function}")[:1]
    assert found == (
        "spec.yaml:8:13 E302 'jwt-rotation-function' and 'jwt' both give the value JwtRotationFunctionName; "
        "rename one"
    )


def test_stacks_may_give_different_things_one_name() -> None:
    """`b` has an attribute `recovery_arn` in one stack, and `b-recovery` its `arn` in another."""
    assembly = compiled(
        "disaster_recovery: {region: us-west-2, tier: pilot_light}\n"
        "buckets: {b: {versioning: true}, b-recovery: {versioning: true}}\n"
        "functions: {f: {runtime: python3.13, inline: x = 1, connections: {b-recovery: read}}}"
    )
    offered = {(stack.name, name) for stack in assembly.stacks for name in stack.template.get("Outputs", ())}
    assert {(w.stack, w.output) for stack in assembly.stacks for w in stack.parameters.values()} <= offered
