"""Leading stuck stacks out of their state: the smallest way, nothing lost that was not approved by name."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from compiler.assembly import Assembly
from compiler.commands import recover as command
from compiler.deploy import destroy, execute, hints, live, plan, rescue, rescuing
from compiler.deploy.errors import ArgumentError, DeployError, RefusedError, Trouble
from compiler.deploy.events import (
    Event,
    OperationFinished,
    OperationStarted,
    Recovered,
    StackFailed,
    StackFinished,
)
from compiler.deploy.records import ChangeSetRequest, StackEvent
from compiler.deploy.rescue import Rescue
from compiler.deploy.states import TABLE, Cure, State, row
from compiler.deploy.stuck import Part
from compiler.deploy.ways import Step
from compiler.views.rescue import rescue_json, rescue_text
from compiler.views.style import Style
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly

PLAIN = Style(colour=False)
FOUNDATION = a_stack("shop-foundation", {"Key": {"Text": "one"}}, {"KeyArn": {"Ref": "Key"}})
DATA = a_stack("shop-data", {"Orders": {}}, wires={"Key": "shop-foundation.KeyArn"})
SHOP = an_assembly(FOUNDATION, DATA)


def nobody(stack: str, step: Step, part: Part) -> None:
    raise RefusedError(f"nobody approves {stack}/{part.logical_id}")


def deploy(aws: FakeAws, assembly: Assembly) -> list[Event]:
    return list(execute.run(plan.make(assembly, aws, FakeClock())))


def failing(aws: FakeAws, assembly: Assembly) -> None:
    with pytest.raises(DeployError):
        deploy(aws, assembly)


def way_out(aws: FakeAws, assembly: Assembly, **facts: Any) -> Rescue:
    return rescue.plan(assembly, aws, FakeClock(), **facts)


def recover(aws: FakeAws, assembly: Assembly, *approve: str) -> list[Event]:
    found = way_out(aws, assembly)
    approved = rescuing.meant(found, approve)
    assert {name for case in found.cases for name in case.needs} <= approved
    return list(rescuing.run(found, approved, nobody))


def steps(found: Rescue) -> list[tuple[str, str, list[str]]]:
    return [
        (case.stack, step.text, [part.logical_id for part in step.parts])
        for case in found.cases
        for step in case.steps
    ]


def status_of(aws: FakeAws, name: str) -> str | None:
    found = aws.stack(name)
    return found.status if found else None


def stuck_in_rollback(aws: FakeAws, *extra: str) -> Assembly:
    """An update failed, and so did putting back `Key` and what else is named."""
    hard = {name: {"FailRollback": f"no way back for {name}"} for name in ("Key", *extra)}
    deploy(aws, an_assembly(a_stack("shop-foundation", {**hard, "Other": {}})))
    failing(aws, an_assembly(a_stack("shop-foundation", {**hard, "Other": {"Fail": "not now"}})))
    assert status_of(aws, "shop-foundation") == "UPDATE_ROLLBACK_FAILED"
    return an_assembly(a_stack("shop-foundation", {**hard, "Other": {"Text": "mended"}}))


def test_a_rollback_is_continued_as_it_is_at_first_and_then_with_the_fewest_skipped() -> None:
    aws = FakeAws()
    assembly = stuck_in_rollback(aws)
    assert steps(way_out(aws, assembly)) == [
        ("shop-foundation", "continue the rollback, skipping nothing", []),
        ("shop-foundation", "if that fails again, continue it, skipping Key", ["Key"]),
    ]
    events = recover(aws, assembly)
    assert [call[1:] for call in aws.calls if call[0] == "continue_rollback"] == [
        ("shop-foundation",),
        ("shop-foundation", "Key"),
    ]
    kinds = (OperationStarted, StackFailed, OperationFinished)
    assert [type(e) for e in events if isinstance(e, kinds)] == [*kinds[:2], kinds[0], kinds[2]]
    last = events[-1]
    assert isinstance(last, Recovered)
    assert last.skipped == ("shop-foundation/Key",)
    assert last.next == "`formwork deploy shop.yaml --env dev`"
    assert status_of(aws, "shop-foundation") == "UPDATE_ROLLBACK_COMPLETE"
    deploy(aws, assembly)
    assert status_of(aws, "shop-foundation") == "UPDATE_COMPLETE"


def test_what_failed_again_is_not_tried_a_third_time_unless_it_is_mended_or_was_passing() -> None:
    aws = FakeAws()
    assembly = stuck_in_rollback(aws)
    aws.continue_rollback("shop-foundation", "by hand")
    assert steps(way_out(aws, assembly)) == [
        ("shop-foundation", "continue the rollback, skipping Key", ["Key"])
    ]
    assert len(steps(way_out(aws, assembly, mended=True))) == 2
    aws._get("shop-foundation").template["Resources"]["Key"]["Properties"]["FailRollback"] = "Rate exceeded"
    aws.continue_rollback("shop-foundation", "by hand again")
    assert len(steps(way_out(aws, assembly))) == 2
    recover(aws, assembly)
    assert status_of(aws, "shop-foundation") == "UPDATE_ROLLBACK_COMPLETE"


def test_what_holds_data_is_skipped_after_approval_by_name_only() -> None:
    aws = FakeAws()
    assembly = stuck_in_rollback(aws)
    assembly = an_assembly(replace(assembly.stacks[0], stateful=("Key",)))
    with pytest.raises(RefusedError, match="nobody approves shop-foundation/Key"):
        recover(aws, assembly)
    assert status_of(aws, "shop-foundation") == "UPDATE_ROLLBACK_FAILED"
    assert way_out(aws, assembly).cases[0].needs == ("shop-foundation/Key",)  # tried twice by now
    recover(aws, assembly, "Key")
    assert status_of(aws, "shop-foundation") == "UPDATE_ROLLBACK_COMPLETE"


class LaterToo(FakeAws):
    """`Late` cannot be put back either, which shows only once `Key` is skipped."""

    def continue_rollback(self, stack: str, token: str, skip: Any = ()) -> None:
        if "Key" in skip:
            found = self._get(stack).template["Resources"]
            found["Key"]["Properties"].pop("FailRollback")
            found["Late"]["Properties"]["FailRollback"] = "now this one"
        super().continue_rollback(stack, token, skip)


@pytest.mark.parametrize(("approve", "asked"), [((), ["Late"]), (("Late",), [])])
def test_what_fails_only_then_is_asked_for_again_unless_it_was_approved(
    approve: tuple[str, ...], asked: list[str]
) -> None:
    aws, names = LaterToo(), list[str]()
    hard = {"Key": {"FailRollback": "no way back"}, "Late": {}}
    deploy(aws, an_assembly(a_stack("shop-foundation", {**hard, "Other": {}})))
    assembly = an_assembly(a_stack("shop-foundation", {**hard, "Other": {"Fail": "not now"}}))
    failing(aws, assembly)
    found = way_out(aws, assembly)
    approved = rescuing.meant(found, approve)
    list(rescuing.run(found, approved, lambda stack, step, part: names.append(part.logical_id)))
    assert names == asked
    assert status_of(aws, "shop-foundation") == "UPDATE_ROLLBACK_COMPLETE"


class Immovable(FakeAws):
    """Skipping helps nothing."""

    def _roll_back(self, stack: Any, token: str, skip: Any) -> None:
        super()._roll_back(stack, token, ())


def test_a_rollback_that_no_skipping_helps_ends_with_words() -> None:
    aws = Immovable()
    assembly = stuck_in_rollback(aws)
    with pytest.raises(DeployError, match="nothing more can be named that keeps it there"):
        recover(aws, assembly)
    assert len(aws.acts("continue_rollback")) == 2


def test_several_that_failed_are_skipped_together_and_what_failed_before_the_rollback_is_not() -> None:
    aws = FakeAws()
    assembly = stuck_in_rollback(aws, "Zone")
    assert steps(way_out(aws, assembly))[-1][2] == ["Key", "Zone"]


class Nested(FakeAws):
    """Hand-made, as CloudFormation tells it: the emulator has no rollback of nested stacks that fails."""

    ROOT = "arn:aws:cloudformation:us-east-1:111122223333:stack/shop-foundation/1"
    CHILD = "arn:aws:cloudformation:us-east-1:111122223333:stack/shop-foundation-Inner-1ABC/2"
    GRANDCHILD = "arn:aws:cloudformation:us-east-1:111122223333:stack/shop-Inner-Deep-9XYZ/3"
    TOLD = (
        (ROOT, "shop-foundation", ROOT, "AWS::CloudFormation::Stack", "UPDATE_IN_PROGRESS", ""),
        (ROOT, "Early", "early", "AWS::SNS::Topic", "UPDATE_FAILED", "the update's own failure"),
        (ROOT, "shop-foundation", ROOT, "AWS::CloudFormation::Stack", "UPDATE_ROLLBACK_IN_PROGRESS", ""),
        (CHILD, "shop-inner", CHILD, "AWS::CloudFormation::Stack", "UPDATE_ROLLBACK_IN_PROGRESS", ""),
        (CHILD, "Topic", "topic", "AWS::SNS::Topic", "UPDATE_FAILED", "it is gone"),
        (CHILD, "Table", "table", "AWS::DynamoDB::Table", "UPDATE_FAILED", "Resource update cancelled"),
        (GRANDCHILD, "deep", GRANDCHILD, "AWS::CloudFormation::Stack", "UPDATE_ROLLBACK_IN_PROGRESS", ""),
        (GRANDCHILD, "Bucket", "bucket", "AWS::S3::Bucket", "UPDATE_FAILED", "it is gone"),
        (CHILD, "Deep", GRANDCHILD, "AWS::CloudFormation::Stack", "UPDATE_FAILED", "nested"),
        (ROOT, "Inner", CHILD, "AWS::CloudFormation::Stack", "UPDATE_FAILED", "nested"),
        (ROOT, "Fine", "fine", "AWS::SNS::Topic", "UPDATE_COMPLETE", ""),
        (ROOT, "shop-foundation", ROOT, "AWS::CloudFormation::Stack", "UPDATE_ROLLBACK_FAILED", ""),
    )

    def events(self, stack: str) -> Iterator[StackEvent]:
        start = datetime(2026, 11, 23, tzinfo=UTC)
        for number, (of, name, physical, kind, status, reason) in reversed(list(enumerate(self.TOLD))):
            if of == stack:
                time = start + timedelta(seconds=number)
                yield StackEvent(f"{number}", of, name, physical, kind, status, reason, time, "token")


def test_inside_nested_stacks_resources_are_skipped_by_the_name_of_the_nested_stack() -> None:
    """Hand-made: see `Nested`. The API reference wants the child stack's name, not its logical id."""
    aws = Nested()
    deploying = FakeAws()
    deploy(deploying, an_assembly(FOUNDATION))
    aws._stacks = deploying._stacks
    aws.set("shop-foundation", id=Nested.ROOT, status="UPDATE_ROLLBACK_FAILED")
    found = way_out(aws, an_assembly(FOUNDATION))
    step = found.cases[0].steps[-1]
    assert [part.logical_id for part in step.parts] == [
        "shop-Inner-Deep-9XYZ.Bucket",
        "shop-foundation-Inner-1ABC.Topic",
    ]
    assert step.approvals == ("shop-Inner-Deep-9XYZ.Bucket",)
    assert rescuing.meant(found, ["shop-Inner-Deep-9XYZ.Bucket"]) == {
        "shop-foundation/shop-Inner-Deep-9XYZ.Bucket"
    }


@pytest.mark.parametrize("status", ["CREATE_FAILED", "ROLLBACK_FAILED", "ROLLBACK_COMPLETE"])
def test_what_never_held_data_is_deleted_and_the_next_deployment_makes_it_anew(status: str) -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    aws.set("shop-data", status=status)
    found = way_out(aws, SHOP)
    assert [(case.stack, case.cure) for case in found.cases] == [("shop-data", Cure.DELETE)]
    assert "in which nothing ever held data" in found.cases[0].steps[0].text
    assert not found.cases[0].needs
    recover(aws, SHOP)
    assert status_of(aws, "shop-data") is None
    done = [(e.stack, e.doing) for e in deploy(aws, SHOP) if isinstance(e, StackFinished)]
    assert done == [("shop-data", "create")]


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (
            "Retain",
            "stays in the account, outside of any stack, with what it holds: adopt it with `existing:`",
        ),
        ("RetainExceptOnCreate", "of component orders"),
        ("Snapshot", "is deleted; a snapshot of it is kept"),
        ("Delete", "is deleted with all that it holds: save that first"),
    ],
)
def test_what_may_hold_data_is_named_with_its_fate_and_needs_approval(policy: str, words: str) -> None:
    aws = FakeAws()
    template = {"Resources": {"Orders": {"Type": "AWS::SNS::Topic", "DeletionPolicy": policy}}}
    data = replace(a_stack("shop-data", {"Orders": {}}), template=template, stateful=("Orders",))
    deploy(aws, an_assembly(data))
    aws.set("shop-data", status="ROLLBACK_FAILED")
    found = way_out(aws, an_assembly(data))
    assert found.cases[0].needs == ("shop-data/Orders",)
    assert words in found.cases[0].steps[0].lost[0]
    assert words in rescue_text(found, PLAIN)
    last = recover(aws, an_assembly(data), "Orders")[-1]
    assert isinstance(last, Recovered)
    assert [kept.logical_id for kept in last.retained] == (["Orders"] if policy == "Retain" else [])


def test_deploy_points_at_recover_where_data_may_be_lost() -> None:
    aws = FakeAws()
    data = replace(FOUNDATION, stateful=("Key",))
    deploy(aws, an_assembly(data))
    aws.set("shop-foundation", status="ROLLBACK_FAILED")
    with pytest.raises(DeployError, match=r"`formwork recover shop\.yaml --env dev --stack shop-foundation`"):
        plan.make(an_assembly(data), aws, FakeClock())


def test_a_failed_deletion_is_tried_again_and_what_blocks_is_left_behind_and_named() -> None:
    aws = FakeAws()
    stuck = an_assembly(a_stack("shop-data", {"A": {}, "B": {"FailDelete": "The bucket is not empty"}}))
    deploy(aws, stuck)
    with pytest.raises(DeployError):
        list(destroy.run(destroy.plan(stuck, aws, FakeClock())))
    assert steps(way_out(aws, stuck)) == [
        ("shop-data", "delete the stack again, with all that is left in it", []),
        ("shop-data", "if something still blocks, delete it, leaving behind B", ["B"]),
    ]
    last = recover(aws, stuck)[-1]
    assert isinstance(last, Recovered)
    (kept,) = last.retained
    assert (kept.logical_id, kept.physical_id.startswith("shop-data-B-")) == ("B", True)
    assert "formwork destroy shop.yaml --env dev` goes on deleting" in last.next
    assert aws.stacks() == ()


def test_what_blocks_a_deletion_and_holds_data_needs_approval_by_name() -> None:
    aws = FakeAws()
    stuck = a_stack("shop-data", {"B": {"FailDelete": "The bucket is not empty"}}, stateful=("B",))
    deploy(aws, an_assembly(stuck))
    with pytest.raises(DeployError):
        list(destroy.run(destroy.plan(an_assembly(stuck), aws, FakeClock())))
    assert way_out(aws, an_assembly(stuck)).cases[0].needs == ("shop-data/B",)
    recover(aws, an_assembly(stuck), "shop-data/B")
    assert aws.stacks() == ()


def test_an_update_that_failed_without_rollback_is_rolled_back() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    aws.set("shop-foundation", status="UPDATE_FAILED")
    assert [text for _, text, _ in steps(way_out(aws, SHOP))] == [
        "roll back to what worked before the failed update"
    ]
    recover(aws, SHOP)
    assert aws.acts("roll_back") == ["shop-foundation"]
    assert status_of(aws, "shop-foundation") == "UPDATE_ROLLBACK_COMPLETE"


def test_a_rollback_that_is_stuck_itself_is_continued() -> None:
    aws = FakeAws()
    hard = an_assembly(a_stack("shop-foundation", {"Key": {"FailRollback": "no way back"}}))
    deploy(aws, hard)
    aws.set("shop-foundation", status="UPDATE_FAILED")
    with pytest.raises(RefusedError, match="nobody approves shop-foundation/Key"):  # it was not shown
        recover(aws, hard)
    recover(aws, hard)
    assert status_of(aws, "shop-foundation") == "UPDATE_ROLLBACK_COMPLETE"


def test_after_express_mode_only_a_deployment_leads_on_and_it_does() -> None:
    """Hand-made: the emulator takes express mode, but does not keep it."""
    aws = FakeAws()
    deploy(aws, an_assembly(FOUNDATION))
    aws.set("shop-foundation", status="UPDATE_FAILED", express=True)
    (case,) = way_out(aws, an_assembly(FOUNDATION)).cases
    assert case.steps == ()
    assert "only another deployment leads on" in case.note
    assert hints.way_out(SHOP, aws.stacks()[0]) == "formwork deploy shop.yaml --env dev"
    with pytest.raises(DeployError, match="finds nothing in this build to update it with"):
        plan.make(an_assembly(FOUNDATION), aws, FakeClock())
    deploy(aws, an_assembly(a_stack("shop-foundation", {"Key": {"Text": "two"}})))
    assert status_of(aws, "shop-foundation") == "UPDATE_COMPLETE"


class Unheard(FakeAws):
    """Does what it is asked for, but the first answers of what leads stacks out get lost."""

    def __init__(self) -> None:
        super().__init__()
        self.lost = {"delete_stack", "continue_rollback", "roll_back"}

    def _finish(self, stack: Any, busy: str, status: str, token: str) -> None:
        super()._finish(stack, busy, status, token)
        doing = self.calls[-1][0]
        if doing in self.lost:
            self.lost.discard(doing)
            error = DeployError("the connection to AWS broke")
            error.trouble = Trouble.NETWORK
            raise error


@pytest.mark.parametrize(
    ("status", "doing"),
    [
        ("ROLLBACK_FAILED", "delete_stack"),
        ("DELETE_FAILED", "delete_stack"),
        ("UPDATE_FAILED", "roll_back"),
        ("UPDATE_ROLLBACK_FAILED", "continue_rollback"),
    ],
)
def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_is_done_twice(status: str, doing: str) -> None:
    aws = Unheard()
    deploy(aws, SHOP)
    aws.set("shop-data", status=status)
    last = recover(aws, SHOP)[-1]
    assert isinstance(last, Recovered)
    assert doing not in aws.lost
    assert aws.acts(doing) == ["shop-data"]
    assert status_of(aws, "shop-data") in (None, "UPDATE_ROLLBACK_COMPLETE")


def test_a_network_that_stays_away_ends_the_rescue_with_words() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    aws.set("shop-data", status="UPDATE_ROLLBACK_FAILED")
    error = DeployError("the connection to AWS broke")
    error.trouble = Trouble.NETWORK
    aws.denied["continue_rollback"] = error
    with pytest.raises(DeployError, match=r"perhaps under way, for AWS did not confirm.*shop-data"):
        recover(aws, SHOP)
    del aws.denied["continue_rollback"]
    recover(aws, SHOP)
    assert status_of(aws, "shop-data") == "UPDATE_ROLLBACK_COMPLETE"


def test_where_no_call_leads_on_that_is_said_after_all_else_is_done() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    aws.set("shop-foundation", status="IMPORT_ROLLBACK_FAILED")
    aws.set("shop-data", status="ROLLBACK_COMPLETE")
    with pytest.raises(DeployError, match=r"nothing can be done here about shop-foundation.*AWS Support"):
        recover(aws, SHOP)
    assert status_of(aws, "shop-data") is None


def offered(aws: FakeAws, name: str, stack: str = "shop-foundation", **facts: Any) -> str:
    request = ChangeSetRequest(stack, name, True, {}, {}, (), body=FOUNDATION.body)
    arn = aws.create_change_set(replace(request, **facts))
    assert arn
    return arn


def test_what_never_ran_is_deleted_but_never_what_is_kept_for_a_plan_or_somebody_elses() -> None:
    aws = FakeAws()
    offered(aws, "formwork-0123456789ab")
    assert steps(way_out(aws, SHOP))[0][1] == (
        "delete change set formwork-0123456789ab (AVAILABLE), and the empty stack that it was to make"
    )
    recover(aws, SHOP)
    assert aws.stacks() == ()
    kept = offered(aws, "formwork-0123456789ab-cafe0123")
    others = offered(aws, "by-hand")
    assert way_out(aws, SHOP).cases == ()
    aws.amend(kept, status="FAILED", execution="UNAVAILABLE")
    recover(aws, SHOP)
    assert aws.change_sets("shop-foundation") == (others,)
    assert status_of(aws, "shop-foundation") == "REVIEW_IN_PROGRESS"


def test_an_empty_stack_of_ours_goes_even_when_its_change_set_is_gone() -> None:
    aws = FakeAws()
    tags = {"formwork:platform": "shop", "formwork:environment": "dev"}
    offered(aws, "formwork-0123456789ab", tags=tags)
    aws.delete_change_set("formwork-0123456789ab", "shop-foundation")
    recover(aws, SHOP)
    assert aws.stacks() == ()


def test_failed_change_sets_on_stacks_that_work_go_too() -> None:
    aws = FakeAws()
    deploy(aws, an_assembly(FOUNDATION))
    arn = offered(aws, "formwork-0123456789ab", create=False)
    aws.amend(arn, status="FAILED", execution="UNAVAILABLE")
    recover(aws, an_assembly(FOUNDATION))
    assert aws.change_sets("shop-foundation") == ()
    assert status_of(aws, "shop-foundation") == "CREATE_COMPLETE"


def test_nothing_is_done_where_nothing_is_stuck() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    found = way_out(aws, SHOP)
    assert found.cases == ()
    assert "nothing to recover" in rescue_text(found, PLAIN)


def test_what_moved_since_the_plan_was_shown_is_left_alone() -> None:
    aws = FakeAws()
    deploy(aws, an_assembly(FOUNDATION))
    aws.set("shop-foundation", status="CREATE_FAILED")
    found = way_out(aws, an_assembly(FOUNDATION))
    aws.set("shop-foundation", status="UPDATE_COMPLETE")
    with pytest.raises(RefusedError, match="was in CREATE_FAILED and is UPDATE_COMPLETE now"):
        list(rescuing.run(found, frozenset(), nobody))
    assert aws.acts("delete_stack") == []


def test_change_sets_that_were_made_since_the_plan_was_shown_stay() -> None:
    aws = FakeAws()
    offered(aws, "formwork-0123456789ab")
    found = way_out(aws, SHOP)
    new = offered(aws, "formwork-ba9876543210")
    list(rescuing.run(found, frozenset(), nobody))
    assert aws.change_sets("shop-foundation") == (new,)
    assert status_of(aws, "shop-foundation") == "REVIEW_IN_PROGRESS"


def test_stacks_of_others_protected_ones_and_busy_ones_are_refused() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    aws.set("shop-data", status="ROLLBACK_FAILED", protected=True)
    with pytest.raises(RefusedError, match=r"protection is on for: shop-data \(us-east-1\)"):
        way_out(aws, SHOP)
    with pytest.raises(RefusedError, match="does not belong to environment 'dev' of platform 'other'"):
        way_out(aws, replace(SHOP, platform="other"))
    aws.set("shop-data", status="UPDATE_IN_PROGRESS")
    with pytest.raises(RefusedError, match="busy"):
        way_out(aws, SHOP)
    with pytest.raises(RefusedError, match="belongs in account"):
        way_out(aws, replace(SHOP, account="999988887777"))


def test_one_stack_can_be_chosen_and_an_unknown_one_is_told() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    for name in ("shop-data", "shop-foundation"):
        aws.set(name, status="ROLLBACK_COMPLETE")
    assert [case.stack for case in way_out(aws, SHOP).cases] == ["shop-data", "shop-foundation"]
    assert [case.stack for case in way_out(aws, SHOP, only=["shop-data"]).cases] == ["shop-data"]
    with pytest.raises(ArgumentError, match="no stack 'shop-dat' is there; did you mean 'shop-data'"):
        way_out(aws, SHOP, only=["shop-dat"])


def test_an_approval_must_name_something_and_only_one_thing() -> None:
    aws = FakeAws()
    twins = an_assembly(a_stack("shop-foundation", {"Key": {}}), a_stack("shop-data", {"Key": {}}))
    deploy(aws, twins)
    for name in ("shop-data", "shop-foundation"):
        aws.set(name, status="ROLLBACK_FAILED")
    found = way_out(aws, twins)
    with pytest.raises(ArgumentError, match=r"'Kay' names no resource.*did you mean 'Key'"):
        rescuing.meant(found, ["Kay"])
    with pytest.raises(
        ArgumentError, match="'Key' is in 2 stacks; say which: shop-data/Key, shop-foundation/K"
    ):
        rescuing.meant(found, ["Key"])


def test_the_plan_reads_as_what_will_be_done_and_machines_get_the_same() -> None:
    aws = FakeAws()
    assembly = stuck_in_rollback(aws)
    found = way_out(aws, assembly)
    text = rescue_text(found, PLAIN)
    assert "shop-foundation (us-east-1): UPDATE_ROLLBACK_FAILED, its update failed, and something" in text
    assert (
        "  1. continue the rollback, skipping nothing\n  2. if that fails again, continue it, skipping Key"
        in text
    )
    assert (
        "Key (AWS::SNS::Topic, shop.yaml:3:5): no way back for Key; it stays as it is; if that is not" in text
    )
    data = json.loads(rescue_json(found))
    assert data["event"] == "recovery-planned"
    assert data["stacks"][0]["steps"][1]["resources"][0]["logical_id"] == "Key"
    assert data["stacks"][0]["steps"][1]["only_if_the_step_before_fails"]


def test_status_says_what_a_state_means_and_which_command_helps() -> None:
    aws = FakeAws()
    assembly = stuck_in_rollback(aws)
    (found,) = live.read(assembly, aws).stacks
    assert found.means == row("UPDATE_ROLLBACK_FAILED").means
    assert found.helps == "formwork recover shop.yaml --env dev --stack shop-foundation"
    aws.set("shop-foundation", status="ROLLBACK_COMPLETE")
    assert live.read(assembly, aws).stacks[0].helps == "formwork deploy shop.yaml --env dev"
    aws.set("shop-foundation", status="UPDATE_IN_PROGRESS")
    assert (live.read(assembly, aws).stacks[0].means, live.read(assembly, aws).stacks[0].helps) == (
        "it is being updated",
        "",
    )


def test_every_state_that_is_stuck_has_a_way_out_and_no_other() -> None:
    for each in TABLE:
        stuck = each.state not in (State.READY, State.BUSY, State.ABSENT)
        assert (each.cure not in (Cure.NONE, Cure.WAIT)) == stuck, each.status
        assert all((each.means, each.deploy, each.recover, each.destroy)), each.status
    assert row("SOMETHING_NEW").state is State.BUSY


def test_the_page_about_the_states_is_up_to_date_and_names_them_all(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = Path(__file__).parent.parent / "docs" / "states.md"
    text = page.read_text(encoding="utf-8")
    assert all(f"| `{each.status}` | {each.means} |" in text for each in TABLE)
    assert command.main(["--check", str(page)]) == 0
    assert command.main(["--check", str(tmp_path / "none.md")]) == 1
    assert "is stale" in capsys.readouterr().err
    assert command.main(["--out", str(tmp_path / "new.md")]) == 0
    assert (tmp_path / "new.md").read_text(encoding="utf-8") == text


def test_nothing_more_is_begun_on_a_stack_once_the_lock_is_lost() -> None:
    aws = FakeAws()
    assembly = stuck_in_rollback(aws)
    found = way_out(aws, assembly)

    def check() -> None:
        if aws.acts("continue_rollback"):
            raise RefusedError("the lock on the environment is lost")

    with pytest.raises(RefusedError, match="the lock on the environment is lost"):
        list(rescuing.run(found, frozenset({"shop-foundation/Key"}), lambda *_: None, check))
    assert [call[1:] for call in aws.calls if call[0] == "continue_rollback"] == [("shop-foundation",)]


def test_a_stack_that_came_to_the_same_state_again_since_the_plan_was_shown_is_left_alone() -> None:
    aws = FakeAws()
    assembly = stuck_in_rollback(aws)
    found = way_out(aws, assembly)
    aws.set("shop-foundation", updated=datetime(2026, 11, 24, tzinfo=UTC))
    with pytest.raises(RefusedError, match="something was done to stack shop-foundation"):
        list(rescuing.run(found, frozenset(), lambda *_: None))
    assert aws.acts("continue_rollback") == []
