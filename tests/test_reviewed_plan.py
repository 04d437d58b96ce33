"""A plan that was kept: it runs as it was shown, in another process, or not at all."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from compiler.assembly import Assembly, Asset, DatabaseUser, MigrationFile, Migrator, Stack, sha256
from compiler.deploy import bootstrap, discard, execute, plan, plan_file, resume, reviewed
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.events import Event, MigrationFinished, PlanStarted, StackFinished
from compiler.deploy.prepared import Prepared
from compiler.deploy.records import ChangeSetRequest, Identity
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly, drain

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FOUNDATION = a_stack("shop-foundation", {"Key": {"Text": "one"}}, {"KeyArn": {"Ref": "Key"}})
DATA = a_stack(
    "shop-data",
    {"Orders": {"Key": {"Ref": "Key"}}},
    {"OrdersArn": {"Ref": "Orders"}},
    {"Key": "shop-foundation.KeyArn"},
)
ALARMS = a_stack("shop-alarms", {"Alarm": {"Of": {"Ref": "Orders"}}}, wires={"Orders": "shop-data.OrdersArn"})
SHOP = an_assembly(FOUNDATION, DATA, ALARMS)


def changed(stack: Stack, logical_id: str, **properties: str) -> Stack:
    template = json.loads(stack.body)
    template["Resources"][logical_id]["Properties"] |= properties
    return replace(stack, template=template)


LATER = an_assembly(changed(FOUNDATION, "Key", Text="two"), changed(DATA, "Orders", Text="new"), ALARMS)


def deploy(aws: FakeAws, assembly: Assembly) -> None:
    list(execute.run(plan.make(assembly, aws, FakeClock())))


def keep(aws: FakeAws, assembly: Assembly, mark: str = "a1b2c3d4") -> bytes:
    """The file of a plan whose change sets wait."""
    with plan.make(assembly, aws, FakeClock(), mark) as prepared:
        content = plan_file.write(reviewed.of(prepared, mark, NOW, NOW + DAY))
        prepared.keep()
    return content


def resumed(aws: FakeAws, content: bytes, now: datetime = NOW) -> Prepared:
    return resume.resume(plan_file.read(content, "plan.json"), aws, now, FakeClock())


def run(aws: FakeAws, content: bytes) -> list[Event]:
    return list(execute.run(resumed(aws, content)))


def statuses(aws: FakeAws) -> dict[str, str]:
    return {stack.name: stack.status for stack in aws.stacks()}


def texts(aws: FakeAws, stack: str) -> Any:
    resources = json.loads(aws.template(stack))["Resources"]
    return [resource["Properties"].get("Text") for resource in resources.values()]


def update(aws: FakeAws, stack: Stack) -> None:
    """What somebody else does past Formwork."""
    parameters = dict(next(live for live in aws.stacks() if live.name == stack.name).parameters)
    arn = aws.create_change_set(ChangeSetRequest(stack.name, "x", False, parameters, {}, (), stack.body))
    assert arn
    aws.execute_change_set(arn, "theirs")


def test_the_very_change_sets_that_were_kept_are_executed() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    content = keep(aws, LATER)
    made = {s.change_set for s in plan_file.read(content, "plan.json").steps if s.change_set}
    assert len(made) == 2
    executed: list[str] = []
    original = aws.execute_change_set

    def noting(arn: str, token: str, **said: bool) -> None:
        executed.append(arn)
        original(arn, token, **said)

    aws.execute_change_set = noting  # type: ignore[method-assign]
    before = aws.acts("create_change_set")
    run(aws, content)
    assert set(executed) == made
    assert aws.acts("create_change_set") == before
    assert (texts(aws, "shop-foundation"), texts(aws, "shop-data")) == (["two"], ["new"])


def test_a_first_deployment_runs_what_was_predicted() -> None:
    aws = FakeAws()
    content = keep(aws, SHOP)
    assert statuses(aws) == {"shop-foundation": "REVIEW_IN_PROGRESS"}
    events = run(aws, content)
    assert [e.stack for e in events if isinstance(e, StackFinished)] == [s.name for s in SHOP.stacks]
    assert set(statuses(aws).values()) == {"CREATE_COMPLETE"}


def test_a_plan_without_changes_does_nothing() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    content, before = keep(aws, SHOP), len(aws.calls)
    assert [type(event).__name__ for event in run(aws, content)] == ["PlanStarted", "Deployed"]
    assert len(aws.calls) == before


def test_messages_point_at_the_spec_though_it_is_not_there() -> None:
    aws = FakeAws()
    prepared = resumed(aws, keep(aws, SHOP))
    assert [stack.origins for stack in prepared.assembly.stacks] == [stack.origins for stack in SHOP.stacks]


def test_assets_and_large_templates_are_in_the_file() -> None:
    aws, content = FakeAws(), b"zip \x00\xff"
    asset = Asset(f"{sha256(content)}.zip", content, "api")
    large = a_stack(
        "shop-data",
        {"T": {"Text": "x" * bootstrap.INLINE_LIMIT, "B": {"Ref": "B"}}},
        wires={"B": f"bootstrap.{bootstrap.BUCKET_OUTPUT}"},
    )
    run(aws, keep(aws, an_assembly(large, assets=(asset,))))
    assert content in aws.stored.values()
    assert statuses(aws) == {"formwork-bootstrap": "CREATE_COMPLETE", "shop-data": "CREATE_COMPLETE"}


def test_a_plan_that_is_only_looked_at_leaves_kept_change_sets_alone() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    content = keep(aws, LATER)
    plan.make(LATER, aws, FakeClock()).discard()
    other = keep(aws, LATER, "ffffffff")
    run(aws, content)
    with pytest.raises(RefusedError, match="the change set of stack shop-foundation is OBSOLETE"):
        resumed(aws, other)


def _updated(aws: FakeAws) -> None:
    aws.set("shop-foundation", updated=NOW)


def _status(aws: FakeAws) -> None:
    aws.set("shop-foundation", status="UPDATE_ROLLBACK_COMPLETE")


def _busy(aws: FakeAws) -> None:
    aws.set("shop-foundation", status="UPDATE_IN_PROGRESS")


def _output(aws: FakeAws) -> None:
    aws.set("shop-foundation", outputs={"KeyArn": "another"})


def _parameter(aws: FakeAws) -> None:
    aws.set("shop-data", parameters={"Key": "another"})


def _unchanged(aws: FakeAws) -> None:
    update(aws, changed(ALARMS, "Alarm", Text="theirs"))


def _gone(aws: FakeAws) -> None:
    aws.delete_stack("shop-alarms", "theirs")


def _anew(aws: FakeAws) -> None:
    aws.delete_stack("shop-alarms", "theirs")
    deploy(aws, SHOP)


def _theirs(aws: FakeAws) -> None:
    update(aws, changed(FOUNDATION, "Key", Text="theirs"))


def _change_sets(aws: FakeAws) -> list[str]:
    return [*aws.change_sets("shop-foundation")]


def _without(aws: FakeAws) -> None:
    for arn in _change_sets(aws):
        found = aws.change_set(arn)
        assert found
        aws.delete_change_set(found.name, "shop-foundation")


def _obsolete(aws: FakeAws) -> None:
    for arn in _change_sets(aws):
        aws.amend(arn, execution="OBSOLETE")


def _otherwise(aws: FakeAws) -> None:
    for arn in _change_sets(aws):
        found = aws.change_set(arn)
        assert found
        page = json.loads(json.dumps(found.pages[0]))
        page["Changes"][0]["ResourceChange"]["Replacement"] = "True"
        aws.amend(arn, pages=(page,))


@pytest.mark.parametrize(
    ("move", "said"),
    [
        (_updated, "stack shop-foundation was updated on 2026-11-23T12:00:00+00:00"),
        (_status, "stack shop-foundation is in UPDATE_ROLLBACK_COMPLETE, and was in CREATE_COMPLETE"),
        (_busy, "stack shop-foundation is in UPDATE_IN_PROGRESS"),
        (_output, "output KeyArn of stack shop-foundation has another value"),
        (_output, "Key, which stack shop-data takes from stack shop-foundation, has another value"),
        (_parameter, "parameter Key of stack shop-data has another value"),
        (_unchanged, "stack shop-alarms has another template"),
        (_gone, "stack shop-alarms is gone"),
        (_anew, "stack shop-alarms was deleted and made again"),
        (_theirs, "stack shop-foundation has another template"),
        (_theirs, "the change set of stack shop-foundation is OBSOLETE, not AVAILABLE"),
        (_without, "the change set of stack shop-foundation is gone"),
        (_obsolete, "the change set of stack shop-foundation is OBSOLETE, not AVAILABLE"),
        (_otherwise, "the change set of stack shop-foundation says something else than was shown"),
    ],
)
def test_whatever_moved_is_refused_in_words_and_nothing_is_changed(
    move: Callable[[FakeAws], None], said: str
) -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    content = keep(aws, LATER)
    move(aws)
    before = list(aws.calls)
    with pytest.raises(RefusedError) as caught:
        resumed(aws, content)
    assert said in str(caught.value)
    assert caught.value.exit_code == 4
    assert aws.calls == before


def test_a_stack_that_somebody_else_made_meanwhile_is_refused() -> None:
    aws = FakeAws()
    content = keep(aws, SHOP)
    aws.delete_stack("shop-foundation", "theirs")
    deploy(aws, an_assembly(FOUNDATION))
    with pytest.raises(
        RefusedError, match=r"stack shop-foundation is there \(CREATE_COMPLETE\), and was not"
    ):
        resumed(aws, content)


def test_another_account_another_region_and_another_day_are_refused() -> None:
    aws = FakeAws()
    content = keep(aws, SHOP)
    with pytest.raises(RefusedError, match="the plan expired on 2026-11-24 at 12:00 UTC"):
        resumed(aws, content, NOW + DAY)
    with pytest.raises(RefusedError, match="belongs in region us-east-1, not eu-west-1"):
        resumed(aws.in_region("eu-west-1"), content)
    aws.identity = lambda: Identity("999988887777", "somebody")  # type: ignore[method-assign]
    with pytest.raises(RefusedError, match=r"made in account 111122223333, but .* of account 999988887777"):
        resumed(aws, content)
    with pytest.raises(RefusedError, match="999988887777"):
        discard.discard(plan_file.read(content, "plan.json"), aws, FakeClock())


ANEW = changed(FOUNDATION, "Key", Name="anew", TopicName="anew")  # its output is another then
PURCHASES = a_stack(
    "shop-data",
    {"Purchases": {"Key": {"Ref": "Key"}}},
    {"PurchasesArn": {"Ref": "Purchases"}},
    {"Key": "shop-foundation.KeyArn"},
)
TWO = a_stack("shop-data", {"Orders": {}, "Mails": {}}, {"OrdersArn": {"Ref": "Orders"}})
USER = a_stack(
    "shop-alarms", {"Alarm": {"Of": {"Ref": "Orders"}}}, wires={"Orders": "shop-data.PurchasesArn"}
)
WAYS = {
    "first": (None, SHOP),
    "update": (SHOP, LATER),
    "replace": (SHOP, an_assembly(ANEW, DATA, ALARMS)),
    "unforeseen": (
        SHOP,
        an_assembly(changed(FOUNDATION, "Key", Name="anew"), changed(DATA, "Orders", Text="new"), ALARMS),
    ),
    "regions": (SHOP, an_assembly(FOUNDATION, DATA, replace(ALARMS, region="us-west-2", name="shop-west"))),
    "both": (SHOP, an_assembly(ANEW, changed(DATA, "Orders", Text="new"), ALARMS)),
    "remove": (SHOP, an_assembly(FOUNDATION)),
    "phases": (SHOP, an_assembly(FOUNDATION, PURCHASES, USER)),
    "contract": (
        an_assembly(FOUNDATION, TWO, ALARMS),
        an_assembly(FOUNDATION, a_stack("shop-data", {"Mails": {}}), a_stack("shop-alarms", {"Alarm": {}})),
    ),
}


@pytest.mark.parametrize("killed", [True, False], ids=["killed", "interrupted"])
@pytest.mark.parametrize(("before", "after"), WAYS.values(), ids=WAYS)
def test_a_run_that_ended_at_any_moment_converges_when_it_is_run_again(
    before: Assembly | None, after: Assembly, killed: bool
) -> None:
    # Somebody kills it after each event in turn: then nothing is cleaned up, for the generator is kept.
    kept = []
    for moment in itertools.count():
        aws = FakeAws()
        if before:
            deploy(aws, before)
        content = keep(aws, after)
        running = execute.run(resumed(aws, content))
        seen = list(itertools.islice(running, moment))
        if not killed:
            running.close()
        kept.append(running)
        run(aws, content)
        there = set(statuses(aws)) | set(statuses(aws.in_region("us-west-2")))
        assert there == {stack.name for stack in after.stacks}
        for stack in after.stacks:
            door = aws.in_region(stack.region)
            assert json.loads(door.template(stack.name)) == stack.template
            assert door.change_sets(stack.name) == ()
        last = run(aws, content)
        assert isinstance(last[0], PlanStarted)
        assert last[0].stacks == ()
        if len(seen) < moment:
            break
    assert len(kept) > 4


def test_a_stack_that_still_runs_what_was_planned_is_waited_for() -> None:
    aws = FakeAws(polls=3)
    deploy(aws, SHOP)
    content = keep(aws, LATER)
    running = execute.run(resumed(aws, content))
    next(running), next(running)
    next(running)
    with pytest.raises(RefusedError, match="stack shop-foundation is busy: UPDATE_IN_PROGRESS; wait"):
        resumed(aws, content)


def test_what_failed_as_planned_needs_a_new_plan() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    content = keep(aws, an_assembly(changed(FOUNDATION, "Key", Fail="no"), DATA, ALARMS))
    with pytest.raises(DeployError):
        run(aws, content)
    with pytest.raises(RefusedError, match="is in UPDATE_ROLLBACK_COMPLETE, and was in CREATE_COMPLETE"):
        resumed(aws, content)


def test_what_a_first_deployment_left_is_deleted_as_planned_also_by_the_second_run() -> None:
    aws = FakeAws()
    with pytest.raises(DeployError):
        deploy(aws, an_assembly(changed(FOUNDATION, "Key", Fail="no")))
    content = keep(aws, an_assembly(FOUNDATION))
    running = execute.run(resumed(aws, content))
    drain(itertools.takewhile(lambda _: statuses(aws), running), [])
    assert statuses(aws) == {}
    run(aws, content)
    assert statuses(aws) == {"shop-foundation": "CREATE_COMPLETE"}


def test_what_holds_data_is_protected_by_the_second_run_if_the_first_was_killed_before() -> None:
    aws = FakeAws()
    production = an_assembly(replace(FOUNDATION, stateful=("Key",)), profile="production")
    content = keep(aws, production)
    aws.denied["protect"] = DeployError("the network is gone")
    with pytest.raises(DeployError):
        run(aws, content)
    del aws.denied["protect"]
    run(aws, content)
    assert [stack.protected for stack in aws.stacks()] == [True, True]


def test_a_kept_plan_never_does_what_was_not_shown() -> None:
    aws = FakeAws()
    content = keep(aws, SHOP)
    original = aws.create_change_set

    def other(request: ChangeSetRequest) -> str | None:
        template = json.loads(request.body or "")
        template["Resources"]["Extra"] = {"Type": "AWS::SNS::Topic"}
        return original(replace(request, body=json.dumps(template)))

    aws.create_change_set = other  # type: ignore[method-assign]
    with pytest.raises(RefusedError, match="add Extra"):
        run(aws, content)
    assert statuses(aws) == {"shop-foundation": "CREATE_COMPLETE"}


def test_discarding_deletes_all_that_was_kept_and_only_that() -> None:
    aws = FakeAws()
    content, other = keep(aws, SHOP), keep(aws, SHOP, "ffffffff")
    read = plan_file.read(content, "plan.json")
    (name,) = discard.discard(read, aws, FakeClock())
    assert name.startswith("shop-foundation/formwork-")
    assert name.endswith("-a1b2c3d4")
    assert discard.discard(read, aws, FakeClock()) == ()
    with pytest.raises(RefusedError, match="the change set of stack shop-foundation is gone"):
        resumed(aws, content)
    run(aws, other)
    assert discard.discard(read, aws, FakeClock()) == ()
    assert set(statuses(aws).values()) == {"CREATE_COMPLETE"}


def test_discarding_the_last_plan_of_a_new_stack_deletes_the_empty_stack() -> None:
    aws = FakeAws()
    read = plan_file.read(keep(aws, SHOP), "plan.json")
    for arn in aws.change_sets("shop-foundation"):
        found = aws.change_set(arn)
        assert found
        aws.delete_change_set(found.name, "shop-foundation")
    discard.discard(read, aws, FakeClock())
    assert aws.stacks() == ()


def test_discarding_deletes_what_a_killed_run_made() -> None:
    aws = FakeAws()
    content = keep(aws, SHOP)
    running = execute.run(resumed(aws, content))
    made = itertools.takewhile(lambda _: len(aws.acts("create_change_set")) < 2, running)
    drain(made, [])
    assert len(aws.change_sets("shop-data")) == 1
    discard.discard(plan_file.read(content, "plan.json"), aws, FakeClock())
    assert aws.change_sets("shop-data") == ()
    assert statuses(aws)["shop-foundation"] == "CREATE_COMPLETE"


def test_what_cannot_be_discarded_is_told() -> None:
    aws = FakeAws()
    read = plan_file.read(keep(aws, SHOP), "plan.json")
    aws.denied["delete_change_set"] = DeployError("access denied")
    with pytest.raises(
        DeployError, match="of stack shop-foundation is left behind: access denied; run it again"
    ):
        discard.discard(read, aws, FakeClock())


FILES = (MigrationFile(1, "0001_a.sql", "aa"), MigrationFile(2, "0002_b.sql", "bb"))
MIGRATED = an_assembly(
    a_stack("shop-data", {"Orders": {"Text": "one"}}, {"Migrator": "migrator"}),
    migrators=(Migrator("orders", "shop-data", "Migrator", FILES, {"api": DatabaseUser("write", "iam")}),),
)


def _report(pending: list[str], made: list[str], error: Any = None) -> dict[str, Any]:
    files = [{"file": file.file, "state": "pending" if file.file in pending else "applied"} for file in FILES]
    return {"files": files, "users": {"made": made}, "error": error, "applied": pending}


def test_migrations_that_were_not_shown_are_refused_and_fewer_are_fine() -> None:
    aws = FakeAws()
    aws.functions["migrator"] = lambda _: _report([], [])
    deploy(aws, MIGRATED)
    aws.functions["migrator"] = lambda _: _report(["0002_b.sql"], [])
    content = keep(aws, MIGRATED)
    aws.functions["migrator"] = lambda _: _report(["0001_a.sql", "0002_b.sql"], ["api"])
    with pytest.raises(RefusedError) as caught:
        resumed(aws, content)
    assert "migrations of orders: 0001_a.sql was not shown; migrations of orders: made api" in str(
        caught.value
    )
    aws.functions["migrator"] = lambda _: _report([], [])
    assert [e.component for e in run(aws, content) if isinstance(e, MigrationFinished)] == ["orders"]


def test_a_migration_that_cannot_run_any_more_is_refused() -> None:
    aws = FakeAws()
    aws.functions["migrator"] = lambda _: _report(["0002_b.sql"], [])
    deploy(aws, MIGRATED)
    content = keep(aws, MIGRATED)
    error = {"file": "0001_a.sql", "line": 0, "message": "was left half-way", "sqlstate": "", "advice": ""}
    aws.functions["migrator"] = lambda _: _report(["0002_b.sql"], [], error)
    with pytest.raises(RefusedError, match=r"0001_a\.sql: was left half-way was not shown"):
        resumed(aws, content)
