"""What security scanners object to is explained in the template, and only where it holds."""

from typing import Any

import pytest

from tests.specs import compiled, resources

FUNCTION = "{runtime: python3.13, inline: 'def handler(event, context): pass'%s}"
WEB = """\
network: {}
load_balancer: {scheme: %s%s}
services:
  web: {image: {repository: shop/web, tag: "1"}, http: {port: 80, path: /}}
"""


def skipped(resource: dict[str, Any]) -> set[str]:
    """The checks that the resource's metadata explains; every one has a reason."""
    found = resource.get("Metadata", {}).get("checkov", {}).get("skip", [])
    assert all(len(entry["comment"]) > 20 for entry in found)
    return {entry["id"] for entry in found}


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("", {"CKV_AWS_115", "CKV_AWS_116", "CKV_AWS_117"}),
        (", reserved_concurrency: 2", {"CKV_AWS_116", "CKV_AWS_117"}),
    ],
)
def test_a_function_is_excused_from_what_it_lacks(extra: str, expected: set[str]) -> None:
    functions = resources(compiled(f"functions: {{f: {FUNCTION % extra}}}\n"), "AWS::Lambda::Function")
    assert skipped(functions["FFunction"]) == expected


def test_a_listener_inside_the_vpc_is_excused_and_one_with_tls_is_not() -> None:
    inside = resources(compiled(WEB % ("internal", "")), "AWS::ElasticLoadBalancingV2::Listener")
    assert [skipped(listener) for listener in inside.values()] == [{"CKV_AWS_2", "CKV_AWS_103"}]
    certificate = ", domain: shop.example.com, certificate: 1234abcd-12ab-34cd-56ef-1234567890ab"
    public = resources(
        compiled(WEB % ("internet_facing", certificate)), "AWS::ElasticLoadBalancingV2::Listener"
    )
    assert [skipped(listener) for listener in public.values()] == [set(), set()]


def test_the_public_port_80_says_that_the_spec_wants_it() -> None:
    certificate = ", domain: shop.example.com, certificate: 1234abcd-12ab-34cd-56ef-1234567890ab"
    rules = resources(compiled(WEB % ("internet_facing", certificate)), "AWS::EC2::SecurityGroupIngress")
    excused = {name for name, rule in rules.items() if skipped(rule)}
    assert excused == {"LoadBalancerFromInternet80Ingress"}


def test_a_role_is_excused_only_for_actions_that_take_no_resource() -> None:
    service = "services: {a: {image: {repository: a, tag: '1'}, connections: {s: %s}}}\n"
    spec = "streams: {s: {}}\nnetwork: {}\n" + service
    assert skipped(resources(compiled(spec % "consume", "production"), "AWS::IAM::Role")["ATaskRole"]) == {
        "CKV_AWS_111"
    }
    assert (
        skipped(resources(compiled(spec % "produce", "production"), "AWS::IAM::Role")["ATaskRole"]) == set()
    )


RAW = "resources: {R: {Type: %s, Properties: %s}}\n"


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        ("AWS::ElasticLoadBalancingV2::Listener", "{}"),
        ("AWS::IAM::Role", "{Policies: [{PolicyDocument: {Statement: [{Effect: Allow, Resource: '*'}]}}]}"),
        ("AWS::IAM::Role", "{Policies: [{PolicyDocument: {Statement: {NotAction: x}}}]}"),
        ("AWS::IAM::Role", "{Policies: {'Fn::If': [a, [], []]}}"),
        ("AWS::S3::Bucket", "{}"),
    ],
)
def test_raw_resources_are_passed_on_without_excuses_of_ours(type_: str, properties: str) -> None:
    (found,) = resources(compiled(RAW % (type_, properties)), type_).values()
    assert "Metadata" not in found
