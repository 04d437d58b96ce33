"""Resources move between stacks, or get another logical id, by stack refactors, before anything changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from compiler.assembly import Assembly
from compiler.deploy import execute, plan
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.events import Event, MoveFinished, MoveStarted
from compiler.deploy.intermediate import PLACEHOLDER
from compiler.deploy.prepared import Prepared
from compiler.deploy.status import STATES
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly, drain

KEY = a_stack("shop-keys", {"Key": {"DisplayName": "one"}}, {"KeyArn": {"Ref": "Key"}})
WIRE = {"KeyArn": "shop-keys.KeyArn"}
ORDERS: Mapping[str, Any] = {"DisplayName": "orders", "KmsMasterKeyId": {"Ref": "KeyArn"}}
STAYS = a_stack("shop-data", {"Other": {"DisplayName": "other"}})
BOTH = a_stack("shop-data", {"Orders": ORDERS, "Other": {"DisplayName": "other"}}, wires=WIRE)
ALONE = a_stack("shop-busy", {"Orders": ORDERS}, {"OrdersArn": {"Ref": "Orders"}}, WIRE)
BEFORE = an_assembly(KEY, BOTH)
AFTER = an_assembly(KEY, STAYS, ALONE)


def make(door: FakeAws, assembly: Assembly) -> Prepared:
    return plan.make(assembly, door, FakeClock())


def deploy(door: FakeAws, assembly: Assembly) -> list[Event]:
    events: list[Event] = []
    drain(execute.run(make(door, assembly)), events)
    return events


def physical(door: FakeAws) -> dict[str, str]:
    return {each.logical_id: each.physical_id for s in door.stacks() for each in door.resources(s.name)}


def fail(door: FakeAws, assembly: Assembly) -> DeployError:
    with pytest.raises(DeployError) as caught:
        deploy(door, assembly)
    return caught.value


def test_a_resource_gets_a_stack_of_its_own_and_stays_what_it_is() -> None:
    door = FakeAws()
    deploy(door, BEFORE)
    then = physical(door)
    prepared = make(door, AFTER)
    (move,) = prepared.plan.moves
    assert (move.stack, move.to_stack, move.logical_id) == ("shop-data", "shop-busy", "Orders")
    assert [change for stack in prepared.plan.stacks for change in stack.changes] == []
    events: list[Event] = []
    drain(execute.run(prepared), events)
    assert physical(door) == then
    assert [type(event) for event in events if isinstance(event, MoveStarted | MoveFinished)] == [
        MoveStarted,
        MoveFinished,
    ]
    assert json.loads(door.template("shop-busy")) == ALONE.template
    live = door.stack("shop-busy")
    assert live is not None
    assert live.tags["formwork:platform"] == "shop"
    assert not make(door, AFTER).plan.has_changes


def test_the_way_back_empties_the_stack_which_is_then_deleted() -> None:
    door = FakeAws()
    deploy(door, AFTER)
    then = physical(door)
    deploy(door, BEFORE)
    assert physical(door) == then
    assert door.stack("shop-busy") is None
    assert not make(door, BEFORE).plan.has_changes


def test_a_rename_within_one_stack_rewrites_what_refers_to_it() -> None:
    old = a_stack("shop-data", {"Work": {"DisplayName": "w"}, "Other": {"DisplayName": {"Ref": "Work"}}})
    new = a_stack("shop-data", {"Jobs": {"DisplayName": "w"}, "Other": {"DisplayName": {"Ref": "Jobs"}}})
    door = FakeAws()
    deploy(door, an_assembly(old))
    then = physical(door)
    deploy(door, an_assembly(new, renames={"jobs": "work"}))
    assert physical(door) == {"Jobs": then["Work"], "Other": then["Other"]}
    assert door.acts("execute_refactor") == ["shop-data"]
    assert not make(door, an_assembly(new, renames={"jobs": "work"})).plan.has_changes


def test_what_stays_and_needs_an_attribute_of_what_moves_is_told_it_by_an_output() -> None:
    attribute = {"Fn::GetAtt": ["Orders", "TopicName"]}
    near = {"Orders": {"DisplayName": "orders"}, "Other": {"DisplayName": attribute}}
    outlet = {"OrdersTopicName": attribute}
    apart = (
        a_stack("shop-busy", {"Orders": {"DisplayName": "orders"}}, outlet),
        a_stack(
            "shop-data",
            {"Other": {"DisplayName": {"Ref": "Name"}}},
            wires={"Name": "shop-busy.OrdersTopicName"},
        ),
    )
    door = FakeAws()
    deploy(door, an_assembly(a_stack("shop-data", near)))
    then = physical(door)
    deploy(door, an_assembly(*apart))
    assert physical(door) == then
    assert json.loads(door.refactors[0].stacks["shop-data"])["Resources"]["Other"]["Properties"] == {
        "DisplayName": f"{then['Orders']}.TopicName"
    }
    assert not make(door, an_assembly(*apart)).plan.has_changes


def test_a_change_beside_the_move_comes_after_it_and_is_shown_as_what_it_is() -> None:
    changed = a_stack(
        "shop-busy", {"Orders": {**ORDERS, "DisplayName": "new"}}, {"OrdersArn": {"Ref": "Orders"}}, WIRE
    )
    door = FakeAws()
    deploy(door, BEFORE)
    then = physical(door)
    prepared = make(door, an_assembly(KEY, STAYS, changed))
    (busy,) = (stack for stack in prepared.plan.stacks if stack.stack == "shop-busy")
    assert [(change.action, change.logical_id) for change in busy.changes] == [("modify", "Orders")]
    assert busy.predicted
    list(execute.run(prepared))
    assert physical(door) == then


def test_a_plan_that_is_declined_leaves_nothing() -> None:
    door = FakeAws()
    deploy(door, BEFORE)
    door.calls.clear()
    assert make(door, AFTER).discard() == ()
    assert door.acts("create_refactor") == []
    assert {stack.name for stack in door.stacks()} == {"shop-keys", "shop-data"}


class _Killed(BaseException):
    """As by kill -9: nothing is cleaned up."""


ACTS = ("create_change_set", "execute_change_set", "create_refactor", "execute_refactor", "delete_stack")


@pytest.mark.parametrize("way", [(BEFORE, AFTER), (AFTER, BEFORE)], ids=["out", "back"])
def test_a_run_that_is_killed_at_any_call_can_be_taken_up(way: tuple[Assembly, Assembly]) -> None:
    """Before each call that acts, and right after it: the next run brings everything to its place."""
    first, then = way
    undisturbed = _Watched(0)
    deploy(undisturbed, first)
    undisturbed.calls.clear()
    deploy(undisturbed, then)
    count = len(undisturbed.calls)
    assert undisturbed.acts("execute_refactor")
    for number in range(1, count + 1):
        door = _Watched(0)
        deploy(door, first)
        ids = physical(door)
        door.until = len(door.calls) + number
        with pytest.raises(_Killed):
            deploy(door, then)
        door.until = 0
        deploy(door, then)
        assert physical(door) == ids, door.calls
        assert not make(door, then).plan.has_changes
        assert {STATES[stack.status].value for stack in door.stacks()} == {"ready"}
        assert all(PLACEHOLDER not in door.template(stack.name) for stack in door.stacks())


class _Watched(FakeAws):
    """Dies when its call number `until` is made, and from then on, until that is 0 again."""

    def __init__(self, until: int) -> None:
        super().__init__()
        self.until = until

    def _act(self, name: str, *what: str) -> None:
        super()._act(name, *what)
        if self.until and len(self.calls) >= self.until:
            raise _Killed


def test_what_cloudformation_refuses_is_told_and_nothing_else_runs() -> None:
    door = FakeAws()
    deploy(door, BEFORE)
    then = physical(door)
    door.refusal = "Stack Refactor does not support AWS::SNS::Topic."
    error = fail(door, AFTER)
    assert "CloudFormation refuses to move this: Stack Refactor does not support AWS::SNS::Topic" in str(
        error
    )
    assert "nothing was moved" in error.advice
    assert {name: physical(door)[name] for name in then} == then
    door.refusal = ""
    deploy(door, AFTER)
    assert physical(door) == then


def test_a_stack_with_a_policy_cannot_give_anything_away() -> None:
    door = FakeAws()
    deploy(door, BEFORE)
    door.set_policy("shop-data", {"Statement": []})
    with pytest.raises(RefusedError, match="stack shop-data has a stack policy, and CloudFormation"):
        make(door, AFTER)


def test_a_value_that_is_never_shown_cannot_be_taken_along() -> None:
    secret = json.loads(BOTH.body)
    secret["Parameters"]["KeyArn"]["NoEcho"] = True
    hidden = replace(BOTH, template=secret)
    door = FakeAws()
    deploy(door, an_assembly(KEY, hidden))
    with pytest.raises(RefusedError, match="parameter KeyArn of stack shop-data is not shown"):
        make(door, AFTER)


def test_moves_that_were_not_shown_do_not_happen() -> None:
    door = FakeAws()
    deploy(door, BEFORE)
    prepared = make(door, AFTER)
    template = json.loads(door.template("shop-data"))
    template["Resources"]["Busy"] = template["Resources"].pop("Other")
    later = an_assembly(
        KEY, a_stack("shop-data", {"Busy": {"DisplayName": "other"}, "Orders": ORDERS}, wires=WIRE)
    )
    deploy(door, later)
    both = an_assembly(KEY, STAYS, ALONE, renames={"other": "busy"})
    stale = make(door, both)
    assert len(stale.plan.moves) == 2
    stale.discard()
    tampered = replace(prepared, assembly=both)
    with pytest.raises(RefusedError, match="something would move that was not shown: shop-data/Busy"):
        list(execute.run(tampered))


@pytest.mark.parametrize(("named", "stale"), [("other", True), ("shop-dev-work", False)])
def test_a_former_name_that_nothing_needs_is_told(named: str, stale: bool) -> None:
    """Where it is still in a name, AWS would make another thing without it."""
    old = an_assembly(a_stack("shop-data", {"Work": {"DisplayName": named}}))
    new = an_assembly(a_stack("shop-data", {"Jobs": {"DisplayName": named}}), renames={"jobs": "work"})
    door = FakeAws()
    deploy(door, old)
    before = make(door, new)
    assert not any("has done its work" in note for each in before.plan.stacks for note in each.notes)
    list(execute.run(before))
    after = make(door, new)
    notes = [note for each in after.plan.stacks for note in each.notes]
    assert [note.split(" and ")[0] for note in notes] == (
        ["`renamed_from: work` of jobs has done its work here"] if stale else []
    )


def test_what_took_a_value_from_the_stack_that_is_moved_back_is_not_changed() -> None:
    wires = {"Arn": "shop-busy.OrdersArn"}
    apart = (
        a_stack("shop-busy", {"Orders": {"DisplayName": "o"}}, {"OrdersArn": {"Ref": "Orders"}}),
        a_stack("shop-data", {"Other": {"DisplayName": {"Ref": "Arn"}}}, wires=wires),
    )
    near = a_stack("shop-data", {"Orders": {"DisplayName": "o"}, "Other": {"DisplayName": {"Ref": "Orders"}}})
    door = FakeAws()
    deploy(door, an_assembly(*apart))
    then = physical(door)
    prepared = make(door, an_assembly(near))
    assert [change for stack in prepared.plan.stacks for change in stack.changes] == []
    list(execute.run(prepared))
    assert physical(door) == then
    assert not make(door, an_assembly(near)).plan.has_changes
