"""Carrying a plan out: exactly what was shown, in order, and the first real cause when it fails."""

import json
from dataclasses import replace

import pytest

from compiler.assembly import Assembly, Stack
from compiler.deploy import execute, plan
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.events import (
    Deployed,
    Event,
    LeftBehind,
    PlanStarted,
    ResourceEvent,
    StackFailed,
    StackFinished,
    StackStarted,
)
from compiler.deploy.prepared import Prepared
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly, drain

FOUNDATION = a_stack("shop-foundation", {"Key": {"Text": "one"}}, {"KeyArn": {"Ref": "Key"}})
DATA = a_stack(
    "shop-data",
    {"Orders": {"Key": {"Ref": "Key"}}},
    {"OrdersArn": {"Ref": "Orders"}},
    {"Key": "shop-foundation.KeyArn"},
)
SHOP = an_assembly(FOUNDATION, DATA)


def make(aws: FakeAws, assembly: Assembly) -> Prepared:
    return plan.make(assembly, aws, FakeClock())


def deploy(aws: FakeAws, assembly: Assembly) -> list[Event]:
    return list(execute.run(make(aws, assembly)))


def failing(prepared: Prepared) -> tuple[list[Event], DeployError]:
    events: list[Event] = []
    with pytest.raises(DeployError) as caught:
        drain(execute.run(prepared), events)
    return events, caught.value


def changed(stack: Stack, logical_id: str, **properties: str) -> Stack:
    template = json.loads(stack.body)
    template["Resources"][logical_id]["Properties"] |= properties
    return replace(stack, template=template)


def statuses(aws: FakeAws) -> dict[str, str]:
    return {stack.name: stack.status for stack in aws.stacks()}


@pytest.mark.parametrize("polls", [0, 3])
def test_stacks_are_made_in_order_and_their_outputs_told(polls: int) -> None:
    aws = FakeAws(polls=polls)
    events = deploy(aws, SHOP)
    assert events[0] == PlanStarted(("shop-foundation", "shop-data"))
    assert [e.stack for e in events if isinstance(e, StackStarted)] == ["shop-foundation", "shop-data"]
    assert [e.status for e in events if isinstance(e, StackFinished)] == ["CREATE_COMPLETE"] * 2
    last = events[-1]
    assert isinstance(last, Deployed)
    assert list(last.outputs) == ["shop-foundation", "shop-data"]
    assert last.outputs["shop-data"]["OrdersArn"].startswith("shop-data-Orders-")


def test_resource_events_point_at_the_spec() -> None:
    found = [e for e in deploy(FakeAws(), SHOP) if isinstance(e, ResourceEvent)]
    assert [(e.logical_id, e.status) for e in found] == [
        ("Key", "CREATE_IN_PROGRESS"),
        ("Key", "CREATE_COMPLETE"),
        ("Orders", "CREATE_IN_PROGRESS"),
        ("Orders", "CREATE_COMPLETE"),
    ]
    assert {str(e.origin.position) for e in found if e.origin} == {"shop.yaml:3:5"}


def test_stacks_that_do_not_depend_on_each_other_run_at_once() -> None:
    aws = FakeAws(polls=3)
    events = deploy(aws, an_assembly(*(a_stack(f"shop-{name}", {"T": {}}) for name in "abc")))
    kinds = [type(e) for e in events if isinstance(e, (StackStarted, StackFinished))]
    assert kinds == [StackStarted] * 3 + [StackFinished] * 3


def test_a_second_run_does_nothing_but_tell_the_outputs() -> None:
    aws = FakeAws()
    first = deploy(aws, SHOP)[-1]
    before = len(aws.acts("execute_change_set"))
    again = deploy(aws, SHOP)
    assert [type(event) for event in again] == [PlanStarted, Deployed]
    assert isinstance(first, Deployed)
    assert isinstance(again[-1], Deployed)
    assert again[-1].outputs == first.outputs
    assert len(aws.acts("execute_change_set")) == before


def test_the_very_change_sets_of_the_plan_run_while_inputs_stay_the_same() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    prepared = make(
        aws, an_assembly(changed(FOUNDATION, "Key", Text="two"), changed(DATA, "Orders", Text="x"))
    )
    made = len(aws.acts("create_change_set"))
    assert "made with today's outputs of shop-foundation" in prepared.plan.stacks[1].notes[0]
    list(execute.run(prepared))
    assert len(aws.acts("create_change_set")) == made


def test_a_change_set_whose_inputs_changed_is_made_anew_and_runs_when_it_is_alike() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    assembly = an_assembly(changed(FOUNDATION, "Key", Name="new"), changed(DATA, "Orders", Text="x"))
    prepared = make(aws, assembly)
    made = len(aws.acts("create_change_set"))
    list(execute.run(prepared))
    assert aws.acts("create_change_set")[made:] == ["shop-data"]
    assert set(statuses(aws).values()) == {"UPDATE_COMPLETE"}
    assert aws.change_sets("shop-data") == ()


def test_changes_that_were_not_shown_do_not_run() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    prepared = make(aws, an_assembly(changed(FOUNDATION, "Key", Name="new"), DATA))
    _, error = failing(prepared)
    assert isinstance(error, RefusedError)
    assert error.exit_code == 4
    assert "modify Orders (AWS::SNS::Topic) was not shown" in error.message
    assert statuses(aws) == {"shop-foundation": "UPDATE_COMPLETE", "shop-data": "CREATE_COMPLETE"}
    assert aws.change_sets("shop-data") == ()


def test_a_stack_changed_after_the_plan_is_refused() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    prepared = make(aws, an_assembly(changed(FOUNDATION, "Key", Text="two"), DATA))
    deploy(aws, an_assembly(changed(FOUNDATION, "Key", Text="three"), DATA))
    _, error = failing(prepared)
    assert isinstance(error, RefusedError)
    assert "changed after the plan" in error.message


def test_a_failure_tells_the_first_real_cause_and_where_it_comes_from() -> None:
    aws = FakeAws()
    stack = a_stack(
        "shop-data", {"A": {}, "B": {"Fail": "Topic b already exists (Service: Sns)"}, "C": {}, "D": {}}
    )
    events, error = failing(make(aws, an_assembly(stack)))
    failed = events[-1]
    assert isinstance(failed, StackFailed)
    assert failed.failure.logical_id == "B"
    assert failed.failure.reason == "Topic b already exists (Service: Sns)"
    assert str(failed.failure.origin and failed.failure.origin.position) == "shop.yaml:4:5"
    assert "rename the component" in failed.failure.advice
    assert failed.failure.status == "ROLLBACK_COMPLETE"
    assert error.exit_code == 3
    assert "shop-data failed" in error.message


def test_after_a_failure_nothing_more_begins_and_no_change_set_is_left() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    prepared = make(
        aws, an_assembly(changed(FOUNDATION, "Key", Text="2", Fail="no"), changed(DATA, "Orders", Text="x"))
    )
    failing(prepared)
    assert statuses(aws) == {"shop-foundation": "UPDATE_ROLLBACK_COMPLETE", "shop-data": "CREATE_COMPLETE"}
    assert [aws.change_sets(name) for name in statuses(aws)] == [(), ()]


def test_a_failed_deployment_run_again_converges() -> None:
    aws = FakeAws()
    failing(make(aws, an_assembly(FOUNDATION, changed(DATA, "Orders", Fail="not now"))))
    assert statuses(aws) == {"shop-foundation": "CREATE_COMPLETE", "shop-data": "ROLLBACK_COMPLETE"}
    events = deploy(aws, SHOP)
    assert [(e.stack, e.doing) for e in events if isinstance(e, StackFinished)] == [
        ("shop-data", "delete"),
        ("shop-data", "create"),
    ]
    assert set(statuses(aws).values()) == {"CREATE_COMPLETE"}


def test_an_interrupted_run_deletes_the_change_sets_that_did_not_run() -> None:
    aws = FakeAws(polls=5)
    stacks = an_assembly(a_stack("shop-a", {"T": {}}), a_stack("shop-b", {"T": {}}, depends_on=("shop-a",)))
    running = execute.run(make(aws, stacks))
    while not isinstance(next(running), StackStarted):
        pass
    next(running)
    running.close()
    assert list(statuses(aws)) == ["shop-a"]


def test_what_a_failed_run_cannot_clean_up_is_told() -> None:
    aws = FakeAws()
    stacks = [a_stack("shop-a", {"T": {"Fail": "no"}}), a_stack("shop-b", {"T": {}}, depends_on=("shop-a",))]
    prepared = make(aws, an_assembly(*stacks))
    aws.denied["delete_change_set"] = DeployError("access denied")
    events, _ = failing(prepared)
    assert [type(e) for e in events[-2:]] == [StackFailed, LeftBehind]


def test_an_output_that_never_comes_stops_the_run_in_words() -> None:
    lost = a_stack("shop-data", {"T": {}}, wires={"Key": "shop-foundation.Nothing"})
    _, error = failing(make(FakeAws(), an_assembly(FOUNDATION, lost)))
    assert error.message == "stack shop-data needs shop-foundation.Nothing, which is not there"


def test_what_holds_data_is_protected_in_production_only() -> None:
    stateful = replace(FOUNDATION, stateful=("Key",))
    for profile, expected in (("production", ["formwork-bootstrap", "shop-foundation"]), ("dev", [])):
        aws = FakeAws()
        deploy(aws, an_assembly(stateful, profile=profile))
        assert aws.acts("protect") == expected


def test_a_stack_that_is_there_already_is_protected_once_it_holds_data() -> None:
    """Also without any change: the deployment that made it may have been killed before it came to this."""
    aws = FakeAws()
    deploy(aws, an_assembly(FOUNDATION, profile="production"))
    stateful = an_assembly(replace(FOUNDATION, stateful=("Key",)), profile="production")
    for _ in range(2):
        deploy(aws, stateful)
        assert aws.acts("protect") == ["formwork-bootstrap", "shop-foundation"]


def test_waiting_takes_longer_and_longer_but_never_very_long() -> None:
    aws, clock = FakeAws(polls=30), FakeClock()
    list(execute.run(plan.make(an_assembly(FOUNDATION), aws, clock)))
    assert 5 < clock.time < 30 * 3
