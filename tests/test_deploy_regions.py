"""Stacks in a second region: one plan, a door for each region, values wired across."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from compiler.assembly import Assembly, Asset, sha256
from compiler.deploy import bootstrap, destroy, execute, live, plan
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.events import Event, StackFinished
from compiler.deploy.regions import ELSEWHERE_TAG
from compiler.manifest import read
from compiler.views.deploy import plan_text, status_text
from compiler.views.style import Style
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly, drain

WEST = "us-west-2"
KEYS = a_stack("shop-foundation", {"Key": {}}, {"KeyArn": {"Ref": "Key"}})
COPIES = a_stack(
    "shop-recovery-foundation",
    {"Copy": {"Of": {"Ref": "Key"}}},
    {"CopyArn": {"Ref": "Copy"}},
    {"Key": "shop-foundation.KeyArn"},
    region=WEST,
    layer="recovery-foundation",
)
DATA = a_stack("shop-data", {"Orders": {"To": {"Ref": "Copy"}}}, wires={"Copy": f"{COPIES.name}.CopyArn"})
SHOP = an_assembly(KEYS, COPIES, DATA)


@pytest.fixture
def aws() -> FakeAws:
    return FakeAws()


def deploy(aws: FakeAws, assembly: Assembly) -> list[Event]:
    return list(execute.run(plan.make(assembly, aws, FakeClock())))


def names(aws: FakeAws) -> set[str]:
    return {stack.name for stack in aws.stacks()}


def done(events: Iterator[Event] | list[Event]) -> list[str]:
    return [event.stack for event in events if isinstance(event, StackFinished)]


def test_each_stack_is_made_in_its_region_with_values_of_the_other(aws: FakeAws) -> None:
    assert done(deploy(aws, SHOP)) == ["shop-foundation", COPIES.name, "shop-data"]
    assert names(aws) == {"shop-foundation", "shop-data"}
    west = aws.in_region(WEST)
    assert names(west) == {COPIES.name}
    here, there = aws.stack("shop-foundation"), west.stack(COPIES.name)
    assert here
    assert there
    assert west._get(COPIES.name).parameters == {"Key": here.outputs["KeyArn"]}
    assert aws._get("shop-data").parameters == {"Copy": there.outputs["CopyArn"]}


def test_a_second_run_finds_nothing_to_do_in_either_region(aws: FakeAws) -> None:
    deploy(aws, SHOP)
    assert not plan.make(SHOP, aws, FakeClock()).plan.has_changes


def test_a_declined_plan_leaves_nothing_in_either_region(aws: FakeAws) -> None:
    independent = replace(COPIES, parameters={}, template={"Resources": COPIES.template["Resources"]})
    plan.make(an_assembly(KEYS, independent), aws, FakeClock()).discard()
    assert aws.acts("create_change_set") == ["shop-foundation", COPIES.name]
    assert names(aws) == names(aws.in_region(WEST)) == set()


def test_the_plan_and_the_status_name_the_region(aws: FakeAws) -> None:
    prepared = plan.make(SHOP, aws, FakeClock())
    text = plan_text(prepared.plan, Style(False))
    assert f"{COPIES.name} ({WEST}, new, predicted)" in text
    assert f"create {COPIES.name} in {WEST}" in text
    list(execute.run(prepared))
    status = live.read(SHOP, aws)
    assert [(stack.name, stack.region, stack.current) for stack in status.stacks] == [
        ("shop-foundation", "", True),
        (COPIES.name, WEST, True),
        ("shop-data", "", True),
    ]
    assert f"{COPIES.name}: CREATE_COMPLETE, in {WEST}" in status_text(status, Style(False))


def test_destroying_goes_against_the_wires_over_both_regions(aws: FakeAws) -> None:
    deploy(aws, SHOP)
    events = destroy.run(destroy.plan(SHOP, aws, FakeClock()))
    assert done(events) == ["shop-data", COPIES.name, "shop-foundation"]
    assert names(aws) == names(aws.in_region(WEST)) == set()


def test_what_left_the_spec_is_found_and_removed_in_its_region(aws: FakeAws) -> None:
    deploy(aws, SHOP)
    lone = an_assembly(KEYS)
    assert [(s.name, s.region) for s in live.read(lone, aws).stacks if s.layer is None] == [
        ("shop-data", ""),
        (COPIES.name, WEST),
    ]
    prepared = plan.make(lone, aws, FakeClock())
    gone = [(s.stack, s.region) for s in prepared.plan.stacks if s.action == "delete"]
    assert gone == [("shop-data", ""), (COPIES.name, WEST)]
    list(execute.run(prepared))
    assert names(aws) == {"shop-foundation"}
    assert names(aws.in_region(WEST)) == set()


def test_the_other_region_is_not_forgotten_when_its_removal_fails(aws: FakeAws) -> None:
    stuck = replace(
        COPIES,
        parameters={},
        template={"Resources": {"Copy": {"Type": "A::B::C", "Properties": {"FailDelete": "in use"}}}},
    )
    deploy(aws, an_assembly(KEYS, stuck))
    changed = replace(KEYS, template={"Resources": {"Key": {"Type": "AWS::SNS::Topic"}}})
    with pytest.raises(DeployError, match="could not be deleted"):
        drain(execute.run(plan.make(an_assembly(changed), aws, FakeClock())), [])
    found = aws.stack("shop-foundation")
    assert found
    assert found.tags[ELSEWHERE_TAG] == WEST


def test_a_platform_in_one_region_bears_no_mark(aws: FakeAws) -> None:
    deploy(aws, an_assembly(KEYS))
    found = aws.stack("shop-foundation")
    assert found
    assert ELSEWHERE_TAG not in found.tags


def test_a_stack_does_not_move_to_another_region_by_itself(aws: FakeAws) -> None:
    deploy(aws, SHOP)
    moved = an_assembly(KEYS, replace(COPIES, region="eu-west-1"), DATA)
    with pytest.raises(RefusedError, match=f"is in region {WEST}, but the spec wants it in eu-west-1"):
        plan.make(moved, aws, FakeClock())


def test_strangers_of_the_same_name_elsewhere_are_left_alone(aws: FakeAws) -> None:
    deploy(aws.in_region(WEST), an_assembly(KEYS, platform="other", region=WEST))
    deploy(aws, SHOP)
    list(destroy.run(destroy.plan(SHOP, aws, FakeClock())))
    assert names(aws.in_region(WEST)) == {"shop-foundation"}


def test_each_region_has_its_own_bucket_for_assets_and_large_templates(aws: FakeAws) -> None:
    code = b"code"
    asset = Asset(f"{sha256(code)}.zip", code, "fn")
    large: dict[str, dict[str, Any]] = {f"T{n}": {"Text": "x" * 900} for n in range(60)}
    here = a_stack("shop-compute", {"Fn": {}}, wires={"Assets": f"bootstrap.{bootstrap.BUCKET_OUTPUT}"})
    there = a_stack("shop-recovery-data", large, region=WEST)
    assembly = an_assembly(here, there, assets=(asset,))
    deploy(aws, assembly)
    west = aws.in_region(WEST)
    assert names(aws) == {bootstrap.STACK, "shop-compute"}
    assert names(west) == {f"{bootstrap.STACK}-{WEST}", "shop-recovery-data"}
    assert [key for _, key in aws.stored] == [asset.key]
    assert [key.partition("/")[0] for _, key in west.stored] == ["templates"]
    assert not plan.make(assembly, aws, FakeClock()).plan.has_changes


def test_the_region_survives_the_manifest() -> None:
    assert [stack.region for stack in read(SHOP.files()).stacks] == ["", WEST, ""]
