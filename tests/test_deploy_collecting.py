"""What killed runs left: which of it goes with the next plan, and which stays."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from compiler.deploy import collecting, execute, plan, regions
from compiler.deploy.errors import DeployError
from compiler.deploy.litter import Litter
from compiler.deploy.records import ChangeSetRequest
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly

OLD = datetime(2026, 11, 23, tzinfo=UTC)  # when everything of FakeAws was made
KEYS = a_stack("shop-foundation", {"Key": {"Name": "one"}}, {"KeyArn": {"Ref": "Key"}})
SHOP = an_assembly(KEYS)
OURS, MARKED = "formwork-0123456789ab", "formwork-0123456789ab-0a1b2c3d"


@pytest.fixture
def aws() -> FakeAws:
    """An account with the stack in it."""
    made = FakeAws()
    with plan.make(SHOP, made, FakeClock()) as prepared:
        list(execute.run(prepared))
    return made


def leave(aws: FakeAws, name: str, stack: str = "shop-foundation", create: bool = False) -> str:
    """A change set that somebody made and did not execute."""
    body = '{"Resources": {"Key": {"Type": "AWS::SNS::Topic", "Properties": {"Name": "two"}}}}'
    tags = {"formwork:platform": "shop", "formwork:environment": "dev"}
    arn = aws.create_change_set(ChangeSetRequest(stack, name, create, {}, tags, (), body))
    assert arn
    return arn


def collect(aws: FakeAws, alone: bool = True, now: datetime = OLD) -> dict[str, str]:
    """The stacks after it, with their statuses."""
    live = regions.survey(SHOP, aws)
    found = collecting.collect(SHOP, aws, live, Litter(FakeClock()), alone, now)
    assert found.keys() == regions.survey(SHOP, aws).keys()
    return {name: stack.status for name, stack in found.items()}


def names(aws: FakeAws, stack: str = "shop-foundation") -> list[str]:
    return [found.name for found in aws.summaries(stack)]


@pytest.mark.parametrize(
    ("name", "execution", "goes"),
    [
        (OURS, "AVAILABLE", True),
        (OURS, "OBSOLETE", True),
        (OURS, "UNAVAILABLE", True),
        (OURS, "EXECUTE_IN_PROGRESS", False),
        (OURS, "EXECUTE_COMPLETE", False),
        (MARKED, "AVAILABLE", False),
        (MARKED, "OBSOLETE", True),
        (MARKED, "UNAVAILABLE", True),
        ("formwork-by-hand", "OBSOLETE", False),
        ("formwork-0123456789abc", "OBSOLETE", False),
        (f"x-{OURS}", "OBSOLETE", False),
        ("theirs", "UNAVAILABLE", False),
    ],
)
def test_only_change_sets_of_ours_that_nobody_waits_for_are_deleted(
    aws: FakeAws, name: str, execution: str, goes: bool
) -> None:
    aws.amend(leave(aws, name), execution=execution)
    collect(aws)
    assert names(aws) == ([] if goes else [name])


def test_one_that_is_still_being_made_stays(aws: FakeAws) -> None:
    aws.amend(leave(aws, OURS), execution="UNAVAILABLE", status="CREATE_IN_PROGRESS")
    collect(aws)
    assert names(aws) == [OURS]


@pytest.mark.parametrize(("minutes", "goes"), [(59, False), (61, True)])
def test_beside_others_only_what_is_an_hour_old_is_nobodys(aws: FakeAws, minutes: int, goes: bool) -> None:
    leave(aws, OURS)
    collect(aws, alone=False, now=OLD + timedelta(minutes=minutes))
    assert names(aws) == ([] if goes else [OURS])


def test_beside_others_what_nobody_can_run_goes_at_once(aws: FakeAws) -> None:
    aws.amend(leave(aws, OURS), execution="OBSOLETE")
    collect(aws, alone=False)
    assert names(aws) == []


def test_the_empty_stack_of_a_first_deployment_goes_with_its_change_set(aws: FakeAws) -> None:
    leave(aws, OURS, "shop-gone", create=True)
    assert collect(aws) == {"shop-foundation": "CREATE_COMPLETE"}


def test_an_empty_stack_of_ours_goes_though_its_change_set_is_gone_already(aws: FakeAws) -> None:
    leave(aws, OURS, "shop-gone", create=True)
    aws.delete_change_set(OURS, "shop-gone")
    assert collect(aws) == {"shop-foundation": "CREATE_COMPLETE"}


@pytest.mark.parametrize("other", ["theirs", MARKED])
def test_an_empty_stack_in_which_another_change_set_waits_stays(aws: FakeAws, other: str) -> None:
    leave(aws, OURS, "shop-gone", create=True)
    leave(aws, other, "shop-gone", create=True)
    assert collect(aws)["shop-gone"] == "REVIEW_IN_PROGRESS"
    assert names(aws, "shop-gone") == [other]


def test_nothing_is_touched_while_a_stack_is_busy(aws: FakeAws) -> None:
    leave(aws, OURS)
    aws.set("shop-foundation", status="UPDATE_IN_PROGRESS")
    collect(aws)
    assert names(aws) == [OURS]


def test_the_bootstrap_stack_is_shared_so_what_is_fresh_there_may_be_anothers(aws: FakeAws) -> None:
    arn = leave(aws, OURS, "formwork-bootstrap", create=True)
    collect(aws)
    assert names(aws, "formwork-bootstrap") == [OURS]
    aws.amend(arn, execution="OBSOLETE")
    assert "formwork-bootstrap" not in collect(aws)


def test_what_cannot_be_deleted_is_tried_again_and_told_at_the_end(aws: FakeAws) -> None:
    leave(aws, OURS)
    leave(aws, OURS, "shop-gone", create=True)
    aws.delete_change_set(OURS, "shop-gone")
    litter = Litter(FakeClock())
    aws.denied = {name: DeployError("access denied") for name in ("delete_change_set", "delete_stack")}
    collecting.collect(SHOP, aws, regions.survey(SHOP, aws), litter, True, OLD)
    assert litter.sweep() == (
        f"change set {OURS} of stack shop-foundation is left behind: access denied",
        "the empty stack shop-gone is left behind: access denied",
    )
    aws.denied = {}
    assert litter.sweep() == ()
    assert collect(aws) == {"shop-foundation": "CREATE_COMPLETE"}


class Forgetful(FakeAws):
    """Answers a token that it knows with the ARN of a change set that is deleted."""

    def create_change_set(self, request: ChangeSetRequest) -> str | None:
        if request.since.endswith(" again"):
            return super().create_change_set(request)
        return "arn:aws:cloudformation:us-east-1:111122223333:changeSet/formwork-0/gone"


def test_a_token_that_is_known_from_a_deleted_change_set_is_no_end() -> None:
    aws = Forgetful()
    with plan.make(SHOP, aws, FakeClock()) as prepared:
        list(execute.run(prepared))
    assert [stack.status for stack in aws.stacks()] == ["CREATE_COMPLETE"]


def test_the_state_of_a_stack_tells_its_change_sets_apart(aws: FakeAws) -> None:
    (live,) = aws.stacks()
    assert len({live.version, replace(live, updated=OLD).version, replace(live, id="other").version}) == 3


class Noting(FakeAws):
    """Notes how stacks to be deleted are called."""

    def delete_stack(
        self, stack: str, token: str, retain: Collection[str] = (), *, force: bool = False
    ) -> None:
        self.calls.append(("asked", stack, token))
        super().delete_stack(stack, token, retain, force=force)


def test_an_empty_stack_is_deleted_by_its_id_and_each_with_a_token_of_its_own() -> None:
    aws, ids = Noting(), []
    for _ in range(2):
        leave(aws, OURS, "shop-foundation", create=True)
        ids += [stack.id for stack in aws.stacks()]
        assert collect(aws) == {}
    assert aws.acts("asked") == ids
    assert len({call[2] for call in aws.calls if call[0] == "asked"}) == 2
