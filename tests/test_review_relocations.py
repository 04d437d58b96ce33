"""What goes to another stack or gets another name is moved; what cannot be is refused if it holds data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compiler.manifest import read
from compiler.review.changes import Change, ChangePlan
from compiler.review.relocations import recognised
from compiler.review.templates import compare
from compiler.stateful import STATEFUL
from tests.specs import compiled, problems, resources
from tests.test_review_templates import assembly, res, stack

HERE = "queues: {work: {}}\nstreams: {clicks: {}}\n"
OLD, NEW = "queues: {work: {}}\n", "queues: {jobs: {renamed_from: work}}\n"
THERE = "queues: {work: {}}\nstreams: {clicks: {stack: busy}}\n"


def found(plan: ChangePlan) -> dict[str, dict[str, Change]]:
    return {part.stack: {change.logical_id: change for change in part.changes} for part in plan.stacks}


def actions(plan: ChangePlan, kind: str) -> list[tuple[str, str, str]]:
    """Stack, action and class of every change of a type."""
    return [
        (part, change.action, change.risk)
        for part, changes in found(plan).items()
        for change in changes.values()
        if change.type == kind
    ]


def moves(plan: ChangePlan) -> list[tuple[str, str, str, str]]:
    """From where to where, of what holds data."""
    return [
        (move.stack, move.logical_id, move.to_stack, move.to_logical_id)
        for move in plan.moves
        if move.type in STATEFUL
    ]


def test_a_component_that_gets_a_stack_of_its_own_moves_and_nothing_else_changes() -> None:
    before = read(compiled(HERE).files())  # as `diff` reads it: without lines
    plan = compare(before, compiled(THERE))
    assert moves(plan) == [("shop-dev-data", "ClicksStream", "shop-dev-busy", "ClicksStream")]
    (moved,) = (move for move in plan.moves if move.type == "AWS::Kinesis::Stream")
    assert moved.origin
    assert moved.origin.component == "clicks"
    assert not plan.refused
    assert {risk for risk, count in plan.summary().items() if count} == {"routine"}
    assert {change.type for stack in plan.stacks for change in stack.changes} == {
        "AWS::CloudWatch::CompositeAlarm"  # it takes the names of the alarms from their new stack
    }


def test_its_alarms_come_along_for_their_names_are_taken() -> None:
    plan = compare(compiled(HERE), compiled(THERE))
    alarms = [move for move in plan.moves if move.type == "AWS::CloudWatch::Alarm"]
    assert {(move.stack, move.to_stack) for move in alarms} == {
        ("shop-dev-observability", "shop-dev-busy-alarms")
    }


def test_the_way_back_is_a_move_too() -> None:
    plan = compare(compiled(THERE), compiled(HERE))
    assert moves(plan) == [("shop-dev-busy", "ClicksStream", "shop-dev-data", "ClicksStream")]
    assert not plan.refused


def test_another_layer_is_another_stack() -> None:
    body = "resources: {{Table: {{Type: AWS::DynamoDB::Table, Properties: {{}}, layer: {}}}}}\n"
    plan = compare(compiled(body.format("data")), compiled(body.format("edge")))
    assert moves(plan) == [("shop-dev-data", "Table", "shop-dev-edge", "Table")]


def test_a_renamed_component_keeps_what_it_holds_and_its_names_in_aws() -> None:
    plan = compare(compiled(OLD), compiled(NEW))
    assert moves(plan) == [
        ("shop-dev-data", "WorkDeadLetterQueue", "shop-dev-data", "JobsDeadLetterQueue"),
        ("shop-dev-data", "WorkQueue", "shop-dev-data", "JobsQueue"),
    ]
    assert actions(plan, "AWS::SQS::Queue") == [("shop-dev-data", "modify", "routine")] * 2  # a tag
    queues = resources(compiled(NEW), "AWS::SQS::Queue")
    assert queues["JobsQueue"]["Properties"]["QueueName"] == "shop-dev-work"


def test_without_the_former_name_a_renamed_component_is_another_one() -> None:
    plan = compare(compiled(OLD), compiled("queues: {jobs: {}}\n"))
    assert not plan.moves
    assert {(action, risk) for _, action, risk in actions(plan, "AWS::SQS::Queue")} == {
        ("remove", "data-loss"),
        ("add", "routine"),
    }


def test_the_former_name_survives_in_the_manifest() -> None:
    plan = compare(compiled(OLD), read(compiled(NEW).files()))
    assert len(moves(plan)) == 2


def test_the_policy_of_a_renamed_queue_is_made_anew_and_the_old_one_not_taken_away() -> None:
    """Removing it would take the new one away: a queue has one policy."""
    plan = compare(compiled(OLD), compiled(NEW))
    policies = actions(plan, "AWS::SQS::QueuePolicy")
    assert {(action, risk) for _, action, risk in policies} == {("add", "routine"), ("remove", "routine")}


def test_a_rename_and_another_stack_at_once_is_one_move() -> None:
    plan = compare(compiled(OLD), compiled("queues: {jobs: {renamed_from: work, stack: busy}}\n"))
    assert ("shop-dev-data", "WorkQueue", "shop-dev-busy", "JobsQueue") in moves(plan)


def test_what_cloudformation_cannot_move_is_refused_when_it_holds_data() -> None:
    there = res("S3::Bucket") | {"Condition": "Large"}
    plan = compare(
        assembly(stack("one", {"It": there}), stack("two")),
        assembly(stack("one"), stack("two", {"It": there})),
    )
    (refused,) = plan.refused
    assert refused.reasons[0].rule == "R166"
    assert "it hangs on a condition, a mapping, a macro or the name of its stack" in refused.reasons[0].text


def test_a_bucket_whose_logical_id_changes_for_no_known_reason_is_refused() -> None:
    plan = compare(
        assembly(stack("one", {"Old": res("S3::Bucket")}), stack("two")),
        assembly(stack("one"), stack("two", {"New": res("S3::Bucket")})),
    )
    assert "nothing says that it is the same one" in plan.refused[0].reasons[0].text


def test_what_goes_to_another_region_is_no_move() -> None:
    there = replace(stack("two", {"It": res("S3::Bucket")}), region="eu-central-1")
    far = compare(assembly(stack("one", {"It": res("S3::Bucket")})), assembly(stack("one"), there))
    assert not far.moves
    assert actions(far, "AWS::S3::Bucket") == [("one", "remove", "data-loss"), ("two", "add", "routine")]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("queues: {jobs: {renamed_from: jobs}}", "'jobs' is what the component is called now"),
        ("queues: {jobs: {renamed_from: work}, work: {}}", "'work' is another component of this spec"),
        ("queues: {a: {renamed_from: w}, b: {renamed_from: w}}", "'a' was called 'w' too"),
        ("network: {renamed_from: net}", "there is one network only"),
    ],
)
def test_a_former_name_that_cannot_be_is_a_problem(body: str, message: str) -> None:
    (problem, *_) = problems(body)
    assert "E210" in problem
    assert message in problem


def test_two_of_a_kind_in_one_component_are_not_guessed() -> None:
    plan = compare(
        assembly(stack("one", {"Old": res("S3::Bucket")}), stack("two")),
        assembly(stack("one"), stack("two", {"A": res("S3::Bucket"), "B": res("S3::Bucket")})),
    )
    assert {action for _, action, _ in actions(plan, "AWS::S3::Bucket")} == {"remove", "add"}


def test_a_plan_without_moves_is_left_as_it_is() -> None:
    stacks = compare(None, compiled(HERE)).stacks
    assert recognised(stacks) is stacks


def test_nothing_moves_out_of_a_stack_that_was_never_made() -> None:
    plan = compare(
        assembly(stack("one", {"It": res("S3::Bucket")}), stack("two")),
        assembly(stack("one"), stack("two", {"It": res("S3::Bucket")})),
    )
    apart = compare(assembly(stack("one", {"It": res("S3::Bucket")})), assembly(stack("one"), stack("two")))
    removal, addition = (
        apart.stacks[0],
        compare(None, assembly(stack("two", {"It": res("S3::Bucket")}))).stacks[0],
    )
    assert [each.to_stack for each in plan.moves] == ["two"]
    assert recognised((removal, addition), frozenset({"one"})) == (removal, addition)
    assert recognised((removal, addition)) != (removal, addition)
