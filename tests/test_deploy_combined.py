"""Parts of a deployment that meet: moves and stuck stacks, policies and refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from compiler.assembly import Assembly, Stack
from compiler.deploy import execute, plan, protection
from compiler.deploy.control import Control
from compiler.deploy.errors import DeployError, Trouble
from compiler.deploy.events import MoveFinished, MoveStarted
from compiler.deploy.explain import AwsError
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly

WEB = {"Web": {"DisplayName": "web"}}
JOB = {"Job": {"DisplayName": "job"}}
MAIL = {"Mail": {"DisplayName": "mail"}}
TOGETHER = an_assembly(a_stack("shop-compute", WEB | JOB | MAIL))
APART = an_assembly(a_stack("shop-compute", WEB | MAIL), a_stack("shop-jobs", JOB))
THREE = an_assembly(a_stack("shop-compute", WEB), a_stack("shop-jobs", JOB), a_stack("shop-mail", MAIL))


def deployed(assembly: Assembly, door: FakeAws | None = None) -> FakeAws:
    door = door or FakeAws()
    list(execute.run(plan.make(assembly, door, FakeClock())))
    return door


def test_nothing_moves_out_of_a_stack_whose_update_failed_halfway() -> None:
    door = deployed(TOGETHER)
    door.set("shop-compute", status="UPDATE_FAILED")
    with pytest.raises(DeployError, match=r"shop-compute is in UPDATE_FAILED.*moves nothing.*recover"):
        plan.make(APART, door, FakeClock())


class _Silent(FakeAws):
    """A refactor goes on while nobody can be reached, and ends some looks later."""

    looks = 0

    def execute_refactor(self, refactor: str) -> None:
        self._started = refactor
        self.set("shop-compute", status="UPDATE_IN_PROGRESS")
        lost = DeployError("the network is gone")
        lost.trouble = Trouble.NETWORK
        raise lost

    def stack(self, stack: str) -> Any:
        found = super().stack(stack)
        if found and found.status == "UPDATE_IN_PROGRESS":
            self.looks += 1
            if self.looks == 3:
                self.set("shop-compute", status="UPDATE_COMPLETE")
                super().execute_refactor(self._started)
        return found


def test_a_refactor_that_goes_on_unseen_is_waited_for() -> None:
    door = _Silent()
    deployed(TOGETHER, door)
    deployed(APART, door)
    assert door.looks == 3
    assert not plan.make(APART, door, FakeClock()).plan.has_changes


def test_a_deployment_that_is_cancelled_between_two_moves_begins_no_more() -> None:
    door, control = deployed(TOGETHER), Control()
    events = execute.run(plan.make(THREE, door, FakeClock()), control=control)
    while not isinstance(next(events), MoveFinished):
        pass
    control.cancel()
    with pytest.raises(DeployError, match="cancelled"):
        list(events)
    assert len(door.acts("execute_refactor")) == 1


def test_one_that_is_cancelled_before_a_refactor_begins_does_not_begin_it() -> None:
    door, control = deployed(TOGETHER), Control()
    events = execute.run(plan.make(THREE, door, FakeClock()), control=control)
    while not isinstance(next(events), MoveStarted):
        pass
    control.cancel()
    with pytest.raises(DeployError, match="cancelled"):
        list(events)
    assert door.acts("execute_refactor") == []


def queues(*names: str) -> Assembly:
    """In production."""
    made = a_stack("shop-data", {name: {} for name in names}, stateful=names)
    resources = {name: {"Type": "AWS::SQS::Queue"} for name in names}
    return an_assembly(replace(made, template={"Resources": resources}), profile="production")


def test_a_policy_that_was_opened_is_closed_when_aws_refuses_to_begin() -> None:
    door = deployed(queues("Clicks", "Orders"))
    prepared = plan.make(queues("Orders"), door, FakeClock())
    door.denied["execute_change_set"] = AwsError("may not execute", "ask", "AccessDenied", missing=False)
    with pytest.raises(DeployError, match="may not execute"):
        list(execute.run(prepared, frozenset({"shop-data/Clicks"})))
    assert door.acts("set_policy").count("shop-data") == 3  # made, opened, closed
    assert protection.kept_by(door.policies["shop-data"]) == {"Clicks", "Orders"}


def test_what_moves_and_takes_another_value_from_then_on_is_shown_to_change() -> None:
    """Nobody would see it otherwise, and the run would stop after the move, at what was not shown."""
    outputs = {"WebArn": {"Ref": "Web"}, "MailArn": {"Ref": "Mail"}}
    both = a_stack("shop-first", WEB | MAIL, outputs)

    def job(stack: str, source: str) -> Stack:
        wires = {f"{source}Arn": f"shop-first.{source}Arn"}
        return a_stack(stack, {"Job": {"DisplayName": {"Ref": f"{source}Arn"}}}, wires=wires)

    door = deployed(an_assembly(both, job("shop-jobs", "Web")))
    prepared = plan.make(an_assembly(both, job("shop-own", "Mail")), door, FakeClock())
    changes = {stack.stack: [each.logical_id for each in stack.changes] for stack in prepared.plan.stacks}
    assert changes["shop-own"] == ["Job"]
    list(execute.run(prepared))
    assert not plan.make(an_assembly(both, job("shop-own", "Mail")), door, FakeClock()).plan.has_changes


def test_what_a_stack_loses_beside_a_move_stays_while_another_still_uses_it() -> None:
    def first(*names: str) -> Stack:
        outputs = {f"{name}Arn": {"Ref": name} for name in names}
        return a_stack("shop-first", {name: {"DisplayName": "one"} for name in names}, outputs)

    def taker(source: str) -> Stack:
        wires = {f"{source}Arn": f"shop-first.{source}Arn"}
        return a_stack("shop-last", {"Taker": {"DisplayName": {"Ref": f"{source}Arn"}}}, wires=wires)

    door = deployed(an_assembly(first("Web", "Mail", "Job"), taker("Mail")))
    prepared = plan.make(
        an_assembly(first("Web"), a_stack("shop-jobs", {"Job": {"DisplayName": "one"}}), taker("Web")),
        door,
        FakeClock(),
    )
    assert [move.logical_id for move in prepared.plan.moves] == ["Job"]
    steps = {stack.key: [each.logical_id for each in stack.changes] for stack in prepared.plan.stacks}
    assert steps["shop-first (contract)"] == ["Mail"]
    list(execute.run(prepared))
    assert "Mail" not in {each.logical_id for each in door.resources("shop-first")}


def test_what_is_left_of_a_failed_first_deployment_makes_room_for_what_moves_there() -> None:
    door = deployed(TOGETHER)
    with pytest.raises(DeployError, match="failed"):
        list(execute.run(plan.make(FAILS, door, FakeClock())))
    prepared = plan.make(APART, door, FakeClock())
    assert [(move.logical_id, move.to_stack) for move in prepared.plan.moves] == [("Job", "shop-jobs")]
    list(execute.run(prepared))
    assert not plan.make(APART, door, FakeClock()).plan.has_changes


FAILS = replace(TOGETHER, stacks=(*TOGETHER.stacks, a_stack("shop-jobs", {"Other": {"Fail": "no"}})))
