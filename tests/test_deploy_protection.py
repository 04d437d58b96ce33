"""Stack policies in production: they hold, are opened for what was approved by name, and closed again."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from compiler.assembly import Assembly, Stack
from compiler.deploy import execute, plan, protection
from compiler.deploy.errors import DeployError, RefusedError, Trouble
from compiler.deploy.events import Event, StackFailed
from compiler.deploy.explain import AwsError
from compiler.deploy.lease import Holder, Lease
from compiler.deploy.prepared import Prepared
from compiler.deploy.process import Process
from compiler.deploy.records import StackEvent
from compiler.deploy.wishes import Wishes
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly, drain


def stack(**resources: Mapping[str, str]) -> Stack:
    """Queues, which hold data, with these properties."""
    made = a_stack("shop-data", resources)
    template = json.loads(made.body)
    for each in template["Resources"].values():
        each["Type"] = "AWS::SQS::Queue"
    return replace(made, template=template, stateful=tuple(sorted(resources)))


def production(*stacks: Stack) -> Assembly:
    return an_assembly(*stacks, profile="production")


BOTH = production(stack(Orders={"Name": "a"}, Clicks={}))
ONE = production(stack(Orders={"Name": "a"}))
RENAMED = production(stack(Orders={"Name": "b"}, Clicks={}))
ALL = {"shop-data/Orders", "shop-data/Clicks"}


def make(aws: FakeAws, assembly: Assembly, **how: Any) -> Prepared:
    return plan.make(assembly, aws, FakeClock(), **how)


def deploy(aws: FakeAws, assembly: Assembly, approved: set[str] | None = None) -> list[Event]:
    return list(execute.run(make(aws, assembly), frozenset(approved or ())))


def kept(aws: FakeAws) -> frozenset[str] | None:
    return protection.kept_by(aws.policies.get("shop-data"))


def fail(aws: FakeAws, assembly: Assembly, approved: set[str]) -> list[Event]:
    events: list[Event] = []
    with pytest.raises(DeployError):
        drain(execute.run(make(aws, assembly), frozenset(approved)), events)
    return events


def test_what_holds_data_in_production_is_kept_from_the_first_deployment_on() -> None:
    aws = FakeAws()
    deploy(aws, BOTH)
    assert aws.policies["shop-data"] == {
        "Statement": [
            {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
            {
                "Effect": "Deny",
                "Action": ["Update:Delete", "Update:Replace"],
                "Principal": "*",
                "Resource": ["LogicalResourceId/Clicks", "LogicalResourceId/Orders"],
            },
        ]
    }
    deploy(aws, BOTH)
    assert aws.acts("set_policy").count("shop-data") == 1


def test_outside_production_there_is_no_policy() -> None:
    aws = FakeAws()
    deploy(aws, replace(BOTH, profile="dev"))
    assert aws.policies == {}


@pytest.mark.parametrize(("assembly", "doing"), [(ONE, "Delete"), (RENAMED, "Replace")])
def test_without_an_approval_by_name_the_policy_stays_and_aws_refuses(assembly: Assembly, doing: str) -> None:
    """Hand-made: the sentence is AWS's, but the emulator enforces no stack policy."""
    aws = FakeAws()
    deploy(aws, BOTH)
    events = fail(aws, assembly, {"shop-data/Nothing"})
    failure = next(event for event in events if isinstance(event, StackFailed)).failure
    assert f"Action denied by stack policy: Statement [#2] does not allow [Update:{doing}]" in failure.reason
    assert "approve the change by name" in failure.advice
    assert failure.status == "UPDATE_ROLLBACK_COMPLETE"
    assert kept(aws) == {"Orders", "Clicks"}


def test_what_was_approved_goes_and_only_that_is_opened() -> None:
    aws = FakeAws()
    deploy(aws, BOTH)
    seen: list[frozenset[str] | None] = []
    original = aws.execute_change_set

    def watched(arn: str, token: str, **said: bool) -> None:
        seen.append(kept(aws))
        original(arn, token, **said)

    aws.execute_change_set = watched  # type: ignore[method-assign]
    deploy(aws, ONE, {"shop-data/Clicks"})
    assert seen == [{"Orders"}]
    assert kept(aws) == {"Orders"}


def test_the_plan_says_for_what_the_policy_is_opened() -> None:
    aws = FakeAws()
    deploy(aws, BOTH)
    with make(aws, RENAMED) as prepared:
        (note,) = [n for n in prepared.plan.stacks[-1].notes if "stack policy" in n]
    assert note == (
        "its stack policy is opened for Orders, once approved, while it is updated, and closed again"
    )


def test_an_update_that_fails_closes_the_policy_again() -> None:
    aws = FakeAws()
    deploy(aws, BOTH)
    fail(aws, production(stack(Orders={"Name": "b", "Fail": "no"}, Clicks={})), ALL)
    assert kept(aws) == {"Orders", "Clicks"}


def test_a_change_set_that_turned_stale_closes_the_policy_again() -> None:
    aws = FakeAws()
    deploy(aws, BOTH)
    with make(aws, RENAMED) as prepared:
        original = aws.set_policy

        def meanwhile(name: str, policy: Mapping[str, Any]) -> None:
            original(name, policy)
            for arn in aws.change_sets("shop-data"):
                aws.amend(arn, execution="OBSOLETE")

        aws.set_policy = meanwhile  # type: ignore[method-assign]
        with pytest.raises(DeployError, match="no longer fits"):
            list(execute.run(prepared, frozenset(ALL)))
    assert kept(aws) == {"Orders", "Clicks"}


@pytest.mark.parametrize("at", ["execute_change_set", "set_policy"])
def test_a_run_that_was_killed_with_the_policy_open_is_made_good_by_the_next_plan(at: str) -> None:
    """Killed just before it executes, and when the update has ended but nothing is closed yet."""
    aws = FakeAws()
    deploy(aws, BOTH)
    prepared = make(aws, RENAMED)
    running = execute.run(prepared, frozenset(ALL))
    if at == "set_policy":
        for event in running:  # the change is made when its first event is told
            if type(event).__name__ == "ResourceEvent":
                break
    else:
        aws.denied[at] = KeyboardInterrupt()
        with pytest.raises(KeyboardInterrupt):
            list(running)
        del aws.denied[at]
    assert kept(aws) == {"Clicks"}
    with make(aws, BOTH if at == "execute_change_set" else RENAMED) as again:
        notes = again.plan.stacks[-1].notes
    assert "found open for Orders" in " ".join(notes)
    assert kept(aws) == {"Orders", "Clicks"}


def test_whoever_only_looks_while_another_is_at_work_closes_nothing() -> None:
    aws = FakeAws()
    deploy(aws, BOTH)
    aws.policies["shop-data"] = protection.policy({"Clicks"})
    with make(aws, BOTH, wishes=Wishes(settle=False)) as prepared:
        assert "found open for Orders" in prepared.plan.stacks[-1].notes[-1]
    assert kept(aws) == {"Clicks"}


def test_a_first_deployment_that_was_killed_before_the_policy_gets_it_from_the_next() -> None:
    aws = FakeAws()
    aws.denied["set_policy"] = DeployError("the network is gone")
    fail(aws, BOTH, set())
    del aws.denied["set_policy"]
    deploy(aws, BOTH)
    assert kept(aws) == {"Orders", "Clicks"}


def test_a_policy_that_somebody_else_wrote_is_left_alone() -> None:
    aws = FakeAws()
    deploy(aws, BOTH)
    own = {"Statement": [{"Effect": "Deny", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}
    aws.policies["shop-data"] = own
    deploy(aws, production(stack(Orders={"Name": "a"}, Clicks={"Text": "x"}, More={})), ALL)
    assert aws.policies["shop-data"] == own


def test_what_comes_to_hold_data_later_is_kept_too() -> None:
    aws = FakeAws()
    deploy(aws, ONE)
    deploy(aws, BOTH)
    assert kept(aws) == {"Orders", "Clicks"}


@pytest.mark.parametrize("trouble", [None, Trouble.SIGN_IN])
def test_a_change_set_that_aws_does_not_begin_closes_the_policy_again(trouble: Trouble | None) -> None:
    aws = FakeAws()
    deploy(aws, BOTH)
    refused = AwsError("missing permission", "ask", "AccessDenied", missing=False)
    refused.trouble = trouble
    aws.denied["execute_change_set"] = refused
    with pytest.raises(DeployError):
        list(execute.run(make(aws, RENAMED), frozenset(ALL)))
    assert aws.acts("set_policy").count("shop-data") == 3
    assert kept(aws) == {"Orders", "Clicks"}


def test_a_lock_that_is_lost_while_a_stack_is_made_ready_opens_and_begins_nothing() -> None:
    """Between the moment when work on a stack begins, and the change set, there may be slow answers."""
    aws, clock = FakeAws(), FakeClock()
    deploy(aws, BOTH)
    own = Holder("a", "ann", "deploy", datetime(2026, 11, 23, tzinfo=UTC), Process("", 1, ""))
    lease = Lease(aws, clock, "locks/shop/production.json", own)
    lease.take("bucket")
    original = aws.events

    def slow(stack: str) -> Iterator[StackEvent]:
        clock.sleep(100)
        aws.stored["bucket", "locks/shop/production.json"] = b"somebody else's"
        return original(stack)

    aws.events = slow  # type: ignore[method-assign]
    aws.calls.clear()
    prepared = plan.make(RENAMED, aws, clock)
    with pytest.raises(RefusedError, match="the lock on the environment is lost"):
        list(execute.run(prepared, frozenset(ALL), lease))
    assert aws.acts("execute_change_set") == aws.acts("set_policy") == []
