"""What is known before anything is deployed is carried out: only what differs in earnest is a change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.assembly import Assembly, Wire
from compiler.review.changes import ChangePlan
from compiler.review.evaluate import Known, alike, evaluated
from compiler.review.templates import compare
from tests.test_review_templates import actions, assembly, changes, res, rules, stack

KNOWN = Known(
    values={"Size": 3, "Stage": "dev", "Zones": ["a", "b"]},
    pseudo={"AWS::Region": "us-east-1"},
    mappings={"Sizes": {"us-east-1": {"dev": "small", "list": ["x", "y"]}}},
    conditions={"Yes": True, "No": False},
)
NOTHING = {"Ref": "AWS::NoValue"}
REGION = {"Ref": "AWS::Region"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Stage"}, "dev"),
        ({"Ref": "Topic"}, {"Ref": "Topic"}),
        ({"Fn::Sub": "plain ${!Stage}"}, "plain ${Stage}"),
        ({"Fn::Sub": "${Stage}-${Size}"}, "dev-3"),
        ({"Fn::Sub": "${Stage}-${Topic.Arn}"}, {"Fn::Sub": "dev-${Topic.Arn}"}),
        ({"Fn::Sub": ["${Own}-${Stage}", {"Own": {"Ref": "Size"}}]}, "3-dev"),
        (
            {"Fn::Sub": ["${Own}-${Stage}", {"Own": {"Ref": "T"}}]},
            {"Fn::Sub": ["${Own}-dev", {"Own": {"Ref": "T"}}]},
        ),
        ({"Fn::Sub": "${Zones}"}, {"Fn::Sub": "${Zones}"}),
        ({"Fn::Join": ["-", ["x", {"Ref": "Stage"}]]}, "x-dev"),
        ({"Fn::Join": [",", {"Ref": "Zones"}]}, "a,b"),
        ({"Fn::Join": ["-", ["x", {"Ref": "T"}]]}, {"Fn::Join": ["-", ["x", {"Ref": "T"}]]}),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]),
        ({"Fn::Split": ["", "ab"]}, {"Fn::Split": ["", "ab"]}),
        ({"Fn::Select": ["1", {"Ref": "Zones"}]}, "b"),
        ({"Fn::Select": [0, [{"Ref": "T"}, "b"]]}, {"Ref": "T"}),
        ({"Fn::Select": [5, ["a"]]}, {"Fn::Select": [5, ["a"]]}),
        ({"Fn::Select": [0, {"Fn::GetAZs": ""}]}, {"Fn::Select": [0, {"Fn::GetAZs": ""}]}),
        ({"Fn::If": ["Yes", {"Ref": "Stage"}, "no"]}, "dev"),
        ({"Fn::If": ["No", "yes", NOTHING]}, NOTHING),
        ({"Fn::If": ["Maybe", {"Ref": "Stage"}, NOTHING]}, {"Fn::If": ["Maybe", "dev", NOTHING]}),
        ({"A": {"Fn::If": ["No", "yes", NOTHING]}, "B": ["x", NOTHING]}, {"B": ["x"]}),
        ({"Fn::FindInMap": ["Sizes", REGION, {"Ref": "Stage"}]}, "small"),
        ({"Fn::FindInMap": ["Sizes", REGION, "none"]}, {"Fn::FindInMap": ["Sizes", REGION, "none"]}),
        ({"Fn::FindInMap": "wrong"}, {"Fn::FindInMap": "wrong"}),
        ({"Fn::Base64": {"Ref": "Stage"}}, {"Fn::Base64": "dev"}),
        ({"Fn::Transform": {"Name": {"Ref": "Stage"}}}, {"Fn::Transform": {"Name": {"Ref": "Stage"}}}),
        (REGION, REGION),
    ],
)
def test_functions_are_carried_out_as_far_as_their_arguments_are_known(value: Any, expected: Any) -> None:
    assert evaluated(value, KNOWN) == expected


FUNCTIONS = ("Ref", "Fn::Sub", "Fn::Join", "Fn::Split", "Fn::Select", "Fn::If", "Fn::FindInMap", "Fn::GetAtt")
WORDS = st.sampled_from(
    ["Stage", "Zones", "Yes", "Sizes", "dev", "${Stage}", "${!x}", "us-east-1", "0", ",", ""]
)
VALUES = st.recursive(
    WORDS | st.integers(0, 2) | st.booleans() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(WORDS, inner, max_size=2)
        | st.builds(lambda name, argument: {name: argument}, st.sampled_from(FUNCTIONS), inner)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_whatever_is_written_is_carried_out_or_left(value: Any) -> None:
    """A raw resource may hold anything."""
    for known in (KNOWN, KNOWN.whole, Known()):
        found = evaluated(value, known)
        assert alike(found, found)


@given(VALUES)
def test_conditions_of_any_shape_are_settled_or_not(value: Any) -> None:
    name = {"Fn::If": ["It", "yes", "no"]}
    found = compare(named("x"), named(name, Conditions={"It": value, "Yes": {"Condition": "It"}}))
    assert set(changes(found)) == {"It"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"Fn::Sub": "a${X}"}, {"Fn::Join": ["", ["a", {"Ref": "X"}]]}, True),
        ({"Fn::GetAtt": "A.Arn"}, {"Fn::GetAtt": ["A", "Arn"]}, True),
        ("${X}", {"Ref": "X"}, False),
        ({"Fn::Join": ["", ["${A}", {"Ref": "X"}]]}, {"Fn::Sub": "${A}${X}"}, False),
        ([{"Fn::Sub": "${X}"}, 1], [{"Ref": "X"}, "1"], True),
        ({"a": [True]}, {"a": ["true"]}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
    ],
)
def test_what_is_only_written_in_another_way_is_the_same(one: Any, other: Any, same: bool) -> None:
    assert alike(one, other) is same
    assert alike(other, one) is same


def named(name: Any, **sections: Any) -> Assembly:
    return assembly(stack(resources={"It": res("Kinesis::Stream", Name=name)}, **sections))


def plan(before: Assembly, after: Assembly) -> ChangePlan:
    """The plan; the way back has the same actions."""
    forth, back = compare(before, after), compare(after, before)
    assert actions(changes(forth)) == actions(changes(back))
    return forth


HERE = {"Fn::Equals": [REGION, "us-east-1"]}
NAMES = {"Names": {"us-east-1": {"name": "x-us-east-1"}}}
STAGE = {"Stage": {"Type": "String", "Default": "dev"}}


@pytest.mark.parametrize(
    ("name", "sections"),
    [
        ({"Fn::Sub": "x-${AWS::Region}"}, {}),
        ({"Fn::Join": ["-", ["x", REGION]]}, {}),
        ({"Fn::If": ["Yes", "x-us-east-1", "y"]}, {"Conditions": {"Yes": HERE}}),
        ({"Fn::If": ["No", "y", "x-us-east-1"]}, {"Conditions": {"No": {"Fn::Not": [{"Condition": "Yes"}]},
                                                                 "Yes": {"Fn::Equals": ["a", "a"]}}}),
        ({"Fn::FindInMap": ["Names", REGION, "name"]}, {"Mappings": NAMES}),
        ({"Fn::Sub": "x-${Where}"}, {"Parameters": {"Where": {"Type": "String", "Default": "us-east-1"}}}),
    ],
)  # fmt: skip
def test_an_edit_that_comes_to_the_same_value_is_no_change(name: Any, sections: dict[str, Any]) -> None:
    found = plan(named("x-us-east-1"), named(name, **sections))
    assert changes(found) == {}


def test_only_the_branch_that_is_taken_is_compared() -> None:
    def sized(no: str, yes: str) -> Assembly:
        conditions = {"Yes": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]}}
        return named({"Fn::If": ["Yes", yes, no]}, Conditions=conditions, Parameters=STAGE)

    assert changes(plan(sized("a", "b"), sized("c", "b"))) == {}
    (found,) = changes(plan(sized("a", "b"), sized("a", "c"))).values()
    assert [(each.before, each.after) for each in found.properties] == [("b", "c")]
    assert found.action == "replace"


def test_a_parameter_that_turns_a_condition_says_why_something_changes() -> None:
    def staged(stage: str) -> Assembly:
        conditions = {"Yes": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]}}
        parameters = {"Stage": {"Type": "String", "Default": stage}}
        return named({"Fn::If": ["Yes", {"Ref": "Stage"}, "b"]}, Conditions=conditions, Parameters=parameters)

    (found,) = changes(plan(staged("dev"), staged("production"))).values()
    assert [(each.before, each.after) for each in found.properties] == [("dev", "b")]
    assert "refers to Conditions.Yes: it asks for Stage, which changes" in {r.text for r in found.reasons}


def test_a_resource_whose_condition_turns_comes_or_goes() -> None:
    def made(answer: str) -> Assembly:
        resource = {**res("SNS::Topic"), "Condition": "Yes"}
        return assembly(
            stack(resources={"It": resource}, Conditions={"Yes": {"Fn::Equals": [answer, "yes"]}})
        )

    assert actions(changes(compare(made("no"), made("yes")))) == {"It": "add"}
    assert actions(changes(compare(made("yes"), made("no")))) == {"It": "remove"}
    assert changes(compare(made("yes"), assembly(stack(resources={"It": res("SNS::Topic")})))) == {}


@pytest.mark.parametrize("kind", ["AWS::SSM::Parameter::Value<String>", "String"])
def test_what_may_not_be_shown_or_is_looked_up_is_not_known(kind: str) -> None:
    parameter = {"Type": kind, "Default": "x", **({"NoEcho": True} if kind == "String" else {})}
    found = plan(named("x"), named({"Ref": "Hidden"}, Parameters={"Hidden": parameter}))
    (change,) = changes(found).values()
    assert [(each.before, each.after) for each in change.properties] == [("x", "${Hidden}")]


def handed_over(value: Any, parameter: str = "Given") -> Assembly:
    source = stack("first", {"Topic": res("SNS::Topic")}, Outputs={"Name": {"Value": value}})
    taker = stack(
        "second",
        {"It": res("Kinesis::Stream", Name={"Fn::Sub": f"${{{parameter}}}-x"})},
        Parameters={parameter: {"Type": "String"}},
        parameters={parameter: Wire("first", "Name")},
    )
    return assembly(source, taker)


def test_a_known_value_of_another_stack_is_carried_with_both_its_sides() -> None:
    (found,) = changes(plan(handed_over("a"), handed_over("b"))).values()
    assert [(each.before, each.after) for each in found.properties] == [("a-x", "b-x")]
    assert found.action == "replace"
    assert "R152" in rules(found)
    assert changes(plan(handed_over("a"), handed_over({"Fn::Sub": "a"}))) == {}
    assert changes(plan(handed_over("a"), handed_over("a", "Renamed"))) == {}


def test_a_value_that_only_one_side_knows_may_be_the_same() -> None:
    (found,) = changes(plan(handed_over("a"), handed_over({"Ref": "Topic"}))).values()
    assert found.action == "may-replace"


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"Fn::And": [{"Fn::Equals": ["a", "b"]}, {"Fn::Equals": [{"Ref": "Unknown"}, "b"]}]}, False),
        ({"Fn::And": [{"Fn::Equals": ["a", "a"]}, {"Fn::Equals": [{"Ref": "Unknown"}, "b"]}]}, None),
        ({"Fn::Or": [{"Fn::Equals": ["a", "a"]}, {"Fn::Equals": [{"Ref": "Unknown"}, "b"]}]}, True),
        ({"Fn::Or": [{"Fn::Equals": ["a", "b"]}, {"Fn::Equals": ["a", "c"]}]}, False),
        ({"Fn::Not": [{"Fn::Equals": [{"Ref": "Unknown"}, "b"]}]}, None),
        ({"Fn::Equals": [{"Ref": "Unknown"}, {"Fn::Sub": "${Unknown}"}]}, True),
        ({"Condition": "It"}, None),
        ({"Condition": "None"}, None),
        ("wrong", None),
    ],
)
def test_conditions_are_settled_as_far_as_that_is_certain(condition: Any, holds: bool | None) -> None:
    name = {"Fn::If": ["It", "yes", "no"]}
    expected = {True: "yes", False: "no", None: "!If"}[holds]
    (found,) = changes(plan(named("x"), named(name, Conditions={"It": condition}))).values()
    assert str(found.properties[0].after).startswith(expected)


def test_the_carried_condition_is_uncertain_where_what_it_asks_moves() -> None:
    def asked(cidr: str) -> Assembly:
        first = stack(
            "first", {"Vpc": res("EC2::VPC", CidrBlock=cidr)}, Outputs={"Id": {"Value": {"Ref": "Vpc"}}}
        )
        second = stack(
            "second",
            {"It": res("Kinesis::Stream", Name={"Fn::If": ["Yes", "a", "b"]})},
            Parameters={"Id": {"Type": "String"}},
            parameters={"Id": Wire("first", "Id")},
            Conditions={"Yes": {"Fn::Equals": [{"Ref": "Id"}, "vpc-1"]}},
        )
        return assembly(first, second)

    assert actions(changes(plan(asked("10.0.0.0/16"), asked("10.1.0.0/16"))))["It"] == "may-replace"
