"""What holds data and moves between stacks is one move, refused; not a removal here and an addition there."""

from __future__ import annotations

from dataclasses import replace

from compiler.manifest import read
from compiler.review.changes import Change, ChangePlan
from compiler.review.relocations import recognised
from compiler.review.templates import compare
from tests.specs import compiled
from tests.test_review_templates import assembly, res, stack

HERE = "queues: {work: {}}\nstreams: {clicks: {}}\n"
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


def test_a_component_that_gets_a_stack_of_its_own_is_one_move() -> None:
    before = read(compiled(HERE).files())  # as `diff` reads it: without lines
    plan = compare(before, compiled(THERE))
    assert actions(plan, "AWS::Kinesis::Stream") == [("shop-dev-busy", "refused", "data-loss")]
    (moved,) = (each for each in plan.refused if each.type == "AWS::Kinesis::Stream")
    assert moved.reasons[0].rule == "R166"
    assert "holds data and moves here from stack shop-dev-data (" in moved.reasons[0].text
    assert "aws cloudformation create-stack-refactor" in moved.reasons[0].text
    assert moved.origin
    assert moved.origin.component == "clicks"
    data = next(part for part in plan.stacks if part.stack == "shop-dev-data")
    assert f"{moved.logical_id} moves to stack shop-dev-busy" in data.notes
    assert actions(plan, "AWS::SQS::Queue") == []


def test_the_way_back_is_a_move_too() -> None:
    plan = compare(compiled(THERE), compiled(HERE))
    assert actions(plan, "AWS::Kinesis::Stream") == [("shop-dev-data", "refused", "data-loss")]


def test_another_layer_is_another_stack() -> None:
    body = "resources: {{Table: {{Type: AWS::DynamoDB::Table, Properties: {{}}, layer: {}}}}}\n"
    plan = compare(compiled(body.format("data")), compiled(body.format("edge")))
    assert actions(plan, "AWS::DynamoDB::Table") == [("shop-dev-edge", "refused", "data-loss")]


def test_a_component_whose_logical_id_changes_is_known_by_its_name() -> None:
    plan = compare(
        assembly(stack("one", {"Old": res("S3::Bucket")}), stack("two")),
        assembly(stack("one"), stack("two", {"New": res("S3::Bucket")})),
    )
    assert actions(plan, "AWS::S3::Bucket") == [("two", "refused", "data-loss")]


def test_what_holds_no_data_or_goes_to_another_region_is_no_move() -> None:
    def plan(kind: str, region: str = "") -> ChangePlan:
        there = replace(stack("two", {"It": res(kind)}), region=region)
        return compare(assembly(stack("one", {"It": res(kind)})), assembly(stack("one"), there))

    assert actions(plan("SNS::Topic"), "AWS::SNS::Topic") == [
        ("one", "remove", "identity"),
        ("two", "add", "routine"),
    ]
    far = plan("S3::Bucket", "eu-central-1")
    assert actions(far, "AWS::S3::Bucket") == [("one", "remove", "data-loss"), ("two", "add", "routine")]


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
    assert [each.action for each in plan.refused] == ["refused"]
    assert recognised((removal, addition), frozenset({"one"})) == (removal, addition)
    assert recognised((removal, addition)) != (removal, addition)
