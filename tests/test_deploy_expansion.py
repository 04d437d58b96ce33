"""The template in between: valid by itself, the same each time, and with no more than has to stay."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from compiler.assembly import Assembly, Stack, Wire
from compiler.deploy import phase_review
from compiler.deploy.expansion import Expansion, expand
from compiler.deploy.phases import Use, phases, wired
from compiler.review.changes import ChangePlan
from tests.fakes import a_stack, an_assembly
from tests.specs import compiled

Template = Mapping[str, Any]
TOPIC = "AWS::SNS::Topic"


def stack(**sections: Any) -> Stack:
    template = {"Resources": {"Stays": {"Type": TOPIC}}} | sections
    return Stack("shop-data", "data", template, {}, (), (), {}, ())


def old(gone: Template, **sections: Any) -> Template:
    resources = {"Stays": {"Type": TOPIC}, "Gone": {"Type": TOPIC} | dict(gone)}
    outputs = {"Url": {"Value": {"Ref": "Gone"}}}
    return {"Resources": resources | sections.pop("more", {}), "Outputs": outputs} | sections


def between(live: Template, new: Stack | None = None, used: str = "Url") -> Expansion:
    found = expand(new or stack(), live, {used}, ())
    assert found
    return found


def test_nothing_is_kept_of_what_nobody_uses() -> None:
    assert expand(stack(), old({}), {"Other"}, ()) is None
    assert expand(stack(), old({}), (), ()) is None


def test_parameters_conditions_and_mappings_come_along_with_what_they_need() -> None:
    live = old(
        {"Condition": "Big", "Properties": {"TopicName": {"Fn::FindInMap": ["Names", "a", {"Ref": "Size"}]}}},
        Parameters={"Size": {"Type": "String"}, "Zone": {"Type": "String"}, "Unused": {"Type": "String"}},
        Conditions={
            "Big": {"Fn::And": [{"Condition": "Near"}, {"Fn::Equals": [{"Ref": "Size"}, "big"]}]},
            "Near": {"Fn::Equals": [{"Ref": "Zone"}, "a"]},
            "Unused": {"Fn::Equals": ["a", "b"]},
        },
        Mappings={"Names": {"a": {"big": "x"}}, "Unused": {"a": {"b": "c"}}},
    )
    found = between(live)
    template = found.stack.template
    assert set(template["Parameters"]) == {"Size", "Zone"} == found.parameters
    assert set(template["Conditions"]) == {"Big", "Near"}
    assert set(template["Mappings"]) == {"Names"}
    assert template["Resources"]["Gone"] == live["Resources"]["Gone"]


@pytest.mark.parametrize(
    "link",
    [
        {"DependsOn": "Other"},
        {"DependsOn": ["Other"]},
        {"Properties": {"DisplayName": {"Fn::Sub": "${Other.TopicName}!"}}},
        {"Properties": {"DisplayName": {"Fn::GetAtt": ["Other", "Port"]}}},
    ],
)
def test_what_is_kept_keeps_what_it_names(link: Template) -> None:
    found = between(old(link, more={"Other": {"Type": TOPIC}, "Else": {"Type": TOPIC}}))
    assert found.resources == ("Gone", "Other")


def test_the_rule_that_lets_a_user_in_stays_as_long_as_the_user() -> None:
    rule = {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {"GroupId": {"Ref": "Group"}}}
    group = {"Type": "AWS::EC2::SecurityGroup"}
    database = {"Type": "AWS::RDS::DBCluster", "Properties": {"VpcSecurityGroupIds": [{"Ref": "Group"}]}}
    both = {"Group": group, "Database": database}
    live = {
        "Resources": both | {"Rule": rule},
        "Outputs": {"Host": {"Value": {"Fn::GetAtt": ["Database", "Endpoint.Address"]}}},
    }
    found = between(live, stack(Resources=both), "Host")
    assert (found.resources, found.outputs) == (("Rule",), ("Host",))


def test_a_value_that_changes_keeps_the_old_one_without_its_export() -> None:
    live = old({})
    live["Outputs"]["Url"]["Export"] = {"Name": "url"}
    new = stack(Outputs={"Url": {"Value": {"Ref": "Stays"}, "Export": {"Name": "url"}}})
    outputs = between(live, new).stack.template["Outputs"]
    (before,) = outputs.keys() - {"Url"}
    assert outputs == {"Url": new.template["Outputs"]["Url"], before: {"Value": {"Ref": "Gone"}}}
    assert between(live, new).outputs == ("Url",)
    # Once more: what is there already stays as it is called.
    again = expand(new, between(live, new).stack.template, {before}, ())
    assert again
    assert again.stack.template == between(live, new).stack.template


def test_a_value_that_is_only_written_otherwise_needs_nothing() -> None:
    new = stack(
        Resources={"Stays": {"Type": TOPIC}, "Gone": {"Type": TOPIC}},
        Outputs={"Url": {"Value": {"Fn::Sub": "${Gone}"}}},
    )
    assert expand(new, old({}), {"Url"}, ()) is None


def test_what_is_kept_may_need_capabilities() -> None:
    role = between(old({"Type": "AWS::IAM::Role"}))
    assert role.stack.capabilities == ("CAPABILITY_NAMED_IAM",)
    macro = between(old({"Properties": {"Fn::Transform": {"Name": "AWS::Include"}}}))
    assert macro.stack.capabilities == ("CAPABILITY_AUTO_EXPAND",)


def test_it_is_the_same_each_time() -> None:
    more = {f"Z{number}": {"Type": TOPIC, "DependsOn": "Gone"} for number in range(20)}
    bodies = {between(old({}, more=more)).stack.body for _ in range(3)}
    assert len(bodies) == 1
    assert json.loads(bodies.pop())["Resources"].keys() == {"Stays", "Gone", *more}


def test_a_template_that_would_be_too_large_is_not_made_and_the_gap_is_said() -> None:
    many = {f"T{number}": {} for number in range(499)}
    before = an_assembly(
        a_stack("shop-data", {"Gone": {}, "Also": {"Of": {"Ref": "Gone"}}}, {"Url": {"Ref": "Gone"}}),
        a_stack("shop-compute", {"S": {}}, wires={"Url": "shop-data.Url"}),
    )
    after = an_assembly(a_stack("shop-data", many), a_stack("shop-compute", {"S": {}}))
    live = {each.name: each.template for each in before.stacks}
    found = phases(after, live, wired(before))
    assert found.expansions == {}
    assert found.lost == {"shop-data": {"Url": frozenset({"Gone"})}}
    said = [note for part in phase_review.compare(before, after).stacks for note in part.notes]
    assert any("until shop-compute follows, it holds Url of what is gone" in note for note in said)


def test_a_template_too_long_for_a_request_is_not_made_where_there_is_no_bucket() -> None:
    long = {f"T{number}": {"DisplayName": "x" * 900} for number in range(40)}
    old_ones = {f"O{number}": {"DisplayName": "x" * 900, "Of": {"Ref": "Gone"}} for number in range(30)}
    after = an_assembly(a_stack("shop-data", long), a_stack("shop-compute", {"S": {}}))
    live = {"shop-data": a_stack("s", {"Gone": {}} | old_ones, {"Url": {"Ref": "Gone"}}).template}
    found = phases(after, live, [Use("shop-compute", "Url", "shop-data", "Url")])
    assert (found.expansions, set(found.lost)) == ({}, {"shop-data"})


def test_a_user_that_is_updated_before_has_let_go_by_then() -> None:
    """The wires turn round: the stack that used the value now is what the other one uses."""
    after = an_assembly(
        a_stack("shop-compute", {"S": {}}, {"SArn": {"Ref": "S"}}),
        a_stack("shop-data", {"T": {"Of": {"Ref": "SArn"}}}, wires={"SArn": "shop-compute.SArn"}),
    )
    live = {"shop-data": old({})}
    assert not phases(after, live, [Use("shop-compute", "Url", "shop-data", "Url")]).expansions


def test_a_place_that_another_stack_wants_is_given_up() -> None:
    subnet = {"Type": "AWS::EC2::Subnet", "Properties": {"CidrBlock": "10.0.0.0/24"}}
    live = {"shop-data": {"Resources": {"Net": subnet}, "Outputs": {"Id": {"Value": {"Ref": "Net"}}}}}
    uses = [Use("shop-compute", "Id", "shop-data", "Id")]
    stays = a_stack("shop-data", {"T": {}})
    moved = replace(a_stack("shop-net", {}), template={"Resources": {"Other": subnet}})
    assert phases(an_assembly(stays), live, uses).expansions["shop-data"].resources == ("Net",)
    found = phases(an_assembly(stays, moved), live, uses)
    assert (found.expansions, found.lost) == ({}, {"shop-data": {"Id": frozenset({"Net"})}})
    elsewhere = replace(
        moved, template={"Resources": {"Other": subnet | {"Properties": {"CidrBlock": "10.0.1.0/24"}}}}
    )
    assert phases(an_assembly(stays, elsewhere), live, uses).expansions
    unknown = replace(
        moved, template={"Resources": {"Other": subnet | {"Properties": {"CidrBlock": {"Ref": "Range"}}}}}
    )
    assert not phases(an_assembly(stays, unknown), live, uses).expansions
    there = live | {"shop-net": moved.template}
    assert phases(an_assembly(stays, moved), there, uses).expansions


BODY = """
queues: {orders: {}, mails: {}}
functions:
  worker:
    runtime: python3.13
    inline: "def handler(event, context): return {}"
    connections: {orders: send, mails: send}
"""


def offline(before: str, after: str) -> ChangePlan:
    return phase_review.compare(compiled(before), compiled(after))


def test_offline_reviews_have_the_phases_too() -> None:
    found = offline(BODY, BODY.replace("orders: {}", "events: {}").replace("orders: send", "events: send"))
    parts = {part.key: part for part in found.stacks if part.changes}
    kept = {change.logical_id for change in parts["shop-dev-data (contract)"].changes}
    assert "OrdersQueue" in kept
    assert {c.origin and c.origin.component for c in parts["shop-dev-data (contract)"].changes} == {"orders"}
    assert not kept & {change.logical_id for change in parts["shop-dev-data"].changes}
    assert any(note.startswith("updated twice") for note in parts["shop-dev-data"].notes)
    assert parts["shop-dev-data (contract)"].notes[0].startswith("comes after all that uses it: until then")


def test_offline_reviews_of_what_needs_no_phases_are_as_ever() -> None:
    from compiler.review.templates import compare

    one, two = compiled(BODY), compiled(BODY.replace("mails: {}", "mails: {visibility_timeout: 60s}"))
    assert phase_review.compare(one, two) == compare(one, two)
    assert phase_review.compare(None, two) == compare(None, two)


def test_an_assembly_tells_who_holds_what() -> None:
    user = a_stack("shop-west", {"S": {}}, wires={"Url": "shop-data.Url"}, region="us-west-2")
    given: Assembly = an_assembly(a_stack("shop-data", {"T": {}}, {"Url": {"Ref": "T"}}), user)
    assert list(wired(given)) == [Use("shop-west", "Url", "shop-data", "Url")]
    assert user.parameters == {"Url": Wire("shop-data", "Url")}
