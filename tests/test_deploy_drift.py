"""Plans and deployments that bring back what was changed by hand, against the account in memory.

Its drift-aware change sets are hand-made, in the shape of DescribeChangeSet: the emulator makes none.
"""

from __future__ import annotations

import argparse
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from compiler.assembly import Assembly
from compiler.commands import drift as command
from compiler.commands.drift_revert import bring_back
from compiler.deploy import execute, plan, plan_file, resume, reviewed
from compiler.deploy.changeset import Order
from compiler.deploy.convert import stack as converted
from compiler.deploy.doors.drift import Difference, ResourceDrift
from compiler.deploy.errors import RefusedError
from compiler.deploy.prepared import Prepared
from compiler.deploy.records import ChangeSetRequest
from compiler.deploy.wishes import Wishes
from compiler.drift import report, revert
from compiler.drift.choose import chosen
from compiler.drift.search import search
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly

FOUNDATION = a_stack("shop-foundation", {"Key": {"Text": "one"}}, {"KeyArn": {"Ref": "Key"}})
DATA = a_stack(
    "shop-data",
    {"Orders": {"DisplayName": "orders"}, "Other": {"Text": {"Ref": "Key"}}},
    {},
    {"Key": "shop-foundation.KeyArn"},
)
SHOP = an_assembly(FOUNDATION, DATA)
CHANGED = ResourceDrift(
    "Orders",
    "shop-data-Orders-1",
    "AWS::SNS::Topic",
    "MODIFIED",
    (Difference("/DisplayName", "NOT_EQUAL", "orders", "by hand"),),
    {"DisplayName": "orders"},
    {"DisplayName": "by hand"},
)
NOW = datetime(2026, 11, 23, tzinfo=UTC)


class DriftAware(FakeAws):
    """An account that also compares with what is live when it is told to, and mends that when it executes."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[ChangeSetRequest] = []

    def create_change_set(self, request: ChangeSetRequest) -> str | None:
        self.requests.append(request)
        arn = super().create_change_set(request)
        if arn and request.revert_drift and self.drifted.get(request.stack):
            changes = [_described(found) for found in self.drifted[request.stack]]
            page = {"DeploymentMode": "REVERT_DRIFT", "StackDriftStatus": "DRIFTED", "Changes": changes}
            self.amend(arn, status="CREATE_COMPLETE", reason="", execution="AVAILABLE", pages=(page,))
        return arn

    def execute_change_set(self, arn: str, token: str, **modes: Any) -> None:
        found = self._change_sets[arn].request
        super().execute_change_set(arn, token, **modes)
        if found.revert_drift:
            self.drifted.pop(found.stack, None)


def _described(found: ResourceDrift) -> dict[str, Any]:
    details = []
    for each in found.differences:
        target = {
            "Attribute": "Properties",
            "Name": each.path.split("/")[1],
            "Path": f"/Properties{each.path}",
            "RequiresRecreation": "Never",
            "BeforeValue": each.actual,
            "AfterValue": each.expected,
            "BeforeValueFrom": "ACTUAL_STATE",
            "AttributeChangeType": "Modify",
            "Drift": {"PreviousValue": each.expected, "ActualValue": each.actual},
        }
        details.append({"Target": target, "Evaluation": "Static", "ChangeSource": "NoModification"})
    return {
        "Type": "Resource",
        "ResourceChange": {
            "Action": "Add" if found.status == "DELETED" else "Modify",
            "LogicalResourceId": found.logical_id,
            "ResourceType": found.type,
            "Replacement": "False",
            "Scope": ["Properties"],
            "ResourceDriftStatus": found.status,
            "Details": details,
        },
    }


def deployed() -> DriftAware:
    aws = DriftAware()
    list(execute.run(make(aws)))
    aws.drifted["shop-data"] = (CHANGED,)
    aws.requests.clear()
    return aws


def make(aws: FakeAws, assembly: Assembly = SHOP, revert: tuple[str, ...] = (), mark: str = "") -> Prepared:
    return plan.make(assembly, aws, FakeClock(), mark, Wishes(revert=revert))


def test_a_plan_without_the_mode_sees_no_drift_and_one_with_it_brings_it_back() -> None:
    aws = deployed()
    assert not make(aws).plan.has_changes
    prepared = make(aws, revert=("shop-data",))
    assert [request.revert_drift for request in aws.requests[-2:]] == [False, True]
    (stack,) = [stack for stack in prepared.plan.stacks if stack.action != "none"]
    (change,) = stack.changes
    assert (change.properties[0].before, change.properties[0].after) == ("by hand", "orders")
    assert stack.notes == ("what was changed by hand is brought back",)
    list(execute.run(prepared))
    assert aws.drifted == {}
    assert not make(aws, revert=("shop-data",)).plan.has_changes


def test_the_mode_is_part_of_the_change_sets_name_and_other_names_stay() -> None:
    order = Order(DATA, {}, {}, False, None)
    assert order.name != replace(order, revert=True).name
    assert order.name == "formwork-" + order.name[-12:]


def test_a_killed_run_leaves_one_change_set_that_the_next_one_takes_the_place_of() -> None:
    aws = deployed()
    make(aws, revert=("shop-data",))  # killed: nothing is swept
    with make(aws, revert=("shop-data",)):
        assert len(aws.change_sets("shop-data")) == 1
    assert aws.change_sets("shop-data") == ()


def test_a_stack_that_is_to_be_made_has_nothing_to_bring_back() -> None:
    aws = DriftAware()
    make(aws, revert=("shop-foundation", "shop-data"))
    assert {request.revert_drift for request in aws.requests} == {False}


def test_a_plan_file_knows_the_mode_and_runs_in_it() -> None:
    aws = deployed()
    prepared = make(aws, revert=("shop-data",), mark="beef")
    content = plan_file.write(reviewed.of(prepared, "beef", NOW, NOW + timedelta(days=1)))
    prepared.keep()
    kept = plan_file.read(content, "plan.json")
    assert [step.revert for step in kept.steps] == [False, True]
    again = resume.resume(kept, aws, NOW, FakeClock())
    assert [step.draft.revert for step in again.steps] == [False, True]
    list(execute.run(again))
    assert aws.drifted == {}


def test_an_update_of_a_stack_that_is_known_to_have_drifted_warns() -> None:
    aws = deployed()
    aws.set("shop-data", drift="DRIFTED", drift_checked=NOW)
    template = json.loads(DATA.body)
    template["Resources"]["Other"]["Properties"]["DisplayName"] = "new"
    updated = an_assembly(FOUNDATION, replace(DATA, template=template))
    (note,) = next(s for s in make(aws, updated).plan.stacks if s.stack == "shop-data").notes
    assert "changed by hand, as the last search for drift found on 2026-11-23 00:00 UTC" in note
    reverting = make(aws, updated, ("shop-data",)).plan.stacks[-1].notes
    assert not any("last search" in note for note in reverting)
    assert all(not stack.notes for stack in make(aws).plan.stacks)


def test_drift_of_a_predicted_stack_is_brought_back_by_the_next_run() -> None:
    """Its change set is made only after the earlier stack, and would then show drift that nobody reviewed."""
    aws = deployed()
    template = json.loads(FOUNDATION.body)
    template["Resources"]["Key"]["Properties"] |= {"Name": "another", "TopicName": "another"}
    wanted = an_assembly(replace(FOUNDATION, template=template), DATA)
    prepared = make(aws, wanted, ("shop-data",))
    assert "deploy with --revert-drift again" in " ".join(prepared.plan.stacks[-1].notes)
    list(execute.run(prepared))
    assert aws.drifted
    list(execute.run(make(aws, wanted, ("shop-data",))))
    assert not aws.drifted


def test_what_cloudformation_says_of_drift_is_read() -> None:
    answer = {
        "StackId": "arn:aws:cloudformation:eu-west-1:111122223333:stack/shop/1",
        "StackName": "shop",
        "StackStatus": "CREATE_COMPLETE",
        "DriftInformation": {"StackDriftStatus": "DRIFTED", "LastCheckTimestamp": NOW},
    }
    found = converted(answer)
    assert (found.drift, found.drift_checked) == ("DRIFTED", NOW)


def test_one_finding_is_brought_back_by_a_change_set_that_does_just_that() -> None:
    """What `formwork drift --revert` does, step by step."""
    aws = deployed()
    searched = search(SHOP, aws, FakeClock())
    found = report.of(SHOP, "111122223333", searched, (), NOW.date())
    findings = chosen(found, ["Orders.DisplayName"])
    revert.check_possible(findings, searched)
    revert.check_current(findings, searched, SHOP)
    with make(aws, revert=tuple({finding.stack for finding in findings})) as prepared:
        revert.check_all(prepared.plan, findings)
        revert.check_only(prepared.plan, findings)
        list(execute.run(prepared))
    assert aws.drifted == {}
    assert [aws.change_sets(name) for name in ("shop-foundation", "shop-data")] == [(), ()]


def test_a_second_finding_in_the_stack_is_not_brought_back_along() -> None:
    aws = deployed()
    aws.drifted["shop-data"] = (CHANGED, replace(CHANGED, logical_id="Other"))
    found = report.of(SHOP, "111122223333", search(SHOP, aws, FakeClock()), (), NOW.date())
    one = chosen(found, ["Orders.DisplayName"])
    with make(aws, revert=("shop-data",)) as prepared, pytest.raises(RefusedError, match="also change Other"):
        revert.check_only(prepared.plan, one)
    with make(aws, revert=("shop-data",)) as prepared:
        revert.check_only(prepared.plan, chosen(found, ["Orders.DisplayName", "Other.DisplayName"]))


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.set_defaults(command="drift")
    command.arguments(parser)
    return parser.parse_args(["spec.yaml", "--env", "dev", *arguments])


def test_the_command_shows_the_three_values_and_brings_back_what_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)  # no drift is accepted beside a spec here
    aws = deployed()
    bring_back(options("--revert", "Orders.DisplayName", "--yes"), SHOP, aws)
    told = capsys.readouterr().out
    assert "DisplayName: by hand -> orders (deployed: orders; the live value was set by hand)" in told
    assert "shop-data: updated in" in told
    assert aws.drifted == {}


def test_the_command_asks_first_and_leaves_nothing_behind_when_nobody_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    aws = deployed()
    with pytest.raises(RefusedError, match="nobody is there to confirm"):
        bring_back(options("--revert", "Orders.DisplayName"), SHOP, aws)
    assert aws.drifted
    assert aws.change_sets("shop-data") == ()
