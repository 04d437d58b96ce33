"""Migrations within a deployment: asked before, run between two stacks, and its end if they fail."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.response import StreamingBody

from compiler.assembly import Assembly, DatabaseUser, MigrationFile, Migrator
from compiler.deploy import execute, migrations, plan
from compiler.deploy.errors import DeployError
from compiler.deploy.events import Event, MigrationFailed, MigrationFinished, MigrationStarted, StackStarted
from compiler.deploy.explain import AwsError
from compiler.deploy.prepared import Prepared
from compiler.review.changes import ChangePlan, MigrationPlan
from compiler.views.review import markdown, text
from compiler.views.style import Style
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly, drain
from tests.test_deploy_aws import Stubs, aws_says

__all__ = ["aws_says"]  # a fixture

DATA = a_stack("shop-data", {"Orders": {}}, {"OrdersMigrator": {"Ref": "Orders"}})
COMPUTE = a_stack("shop-compute", {"Report": {}})  # takes nothing of the data stack, but comes after it
MIGRATOR = Migrator(
    "orders",
    "shop-data",
    "OrdersMigrator",
    (MigrationFile(1, "V001__a.sql", "abc"),),
    {"me": DatabaseUser("read", "iam")},
)
SHOP = an_assembly(DATA, COMPUTE, migrators=(MIGRATOR,))
FUNCTION = "Orders-1"
NO_ONE: dict[str, list[str]] = {"made": [], "changed": [], "shut_out": []}
BROKEN = {
    "file": "V001__a.sql",
    "line": 3,
    "message": "no such type",
    "sqlstate": "42704",
    "advice": "correct it",
}


def report(state: str = "applied", error: Mapping[str, Any] | None = None, **facts: Any) -> dict[str, Any]:
    files = [{"version": 1, "file": "V001__a.sql", "state": state}]
    return {"ok": not error, "files": files, "applied": [], "users": NO_ONE, "error": error} | facts


def answering(**by_action: Any) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """A function that answers each action with its report, or with the next of a list."""

    def answer(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        found = by_action[payload["action"]]
        found = found.pop(0) if isinstance(found, list) else found
        if isinstance(found, Exception):
            raise found
        return dict(found)

    return answer


def account(**by_action: Any) -> FakeAws:
    """An account with all stacks deployed once, and the migrator there."""
    aws = FakeAws()
    drain(execute.run(make(aws, an_assembly(DATA, COMPUTE))), [])
    aws.functions[physical(aws)] = answering(**by_action)
    aws.calls.clear()
    return aws


def physical(aws: FakeAws) -> str:
    return aws.stack("shop-data").outputs["OrdersMigrator"]  # type: ignore[union-attr]


def make(aws: FakeAws, assembly: Assembly = SHOP) -> Prepared:
    return plan.make(assembly, aws, FakeClock())


def failing(prepared: Prepared) -> tuple[list[Event], DeployError]:
    events: list[Event] = []
    with pytest.raises(DeployError) as caught:
        drain(execute.run(prepared), events)
    return events, caught.value


class NewAccount(FakeAws):
    """One in which every function that is called is the migrator."""

    def __init__(self, answer: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        super().__init__()
        self._answer = answer

    def invoke(self, function: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        self.calls.append(("invoke", function, json.dumps(payload)))
        return self._answer(payload)


def test_a_first_deployment_runs_them_after_their_stack_and_before_all_later_ones() -> None:
    aws = NewAccount(answering(migrate=report(applied=["V001__a.sql"], users=NO_ONE | {"made": ["me"]})))
    prepared = make(aws)
    assert prepared.plan.migrations == (MigrationPlan("orders", "shop-data"),)
    events = list(execute.run(prepared))
    order = [e for e in events if isinstance(e, (StackStarted, MigrationStarted, MigrationFinished))]
    assert [getattr(event, "stack", "done") for event in order] == [
        "shop-data",
        "shop-data",
        "done",
        "shop-compute",
    ]
    (finished,) = (event for event in order if isinstance(event, MigrationFinished))
    assert (finished.applied, finished.users) == (("V001__a.sql",), {"made": ("me",)})
    (payload,) = (json.loads(call[2]) for call in aws.calls if call[0] == "invoke")
    assert payload == {
        "action": "migrate",
        "by": aws.identity().arn,
        "again": [],
        "files": [{"version": 1, "file": "V001__a.sql", "checksum": "abc"}],
        "users": {"me": {"access": "read", "login": "iam"}},
    }


def test_one_that_fails_ends_the_deployment_before_later_stacks() -> None:
    aws = NewAccount(answering(migrate=report("pending", BROKEN)))
    events, error = failing(make(aws))
    assert aws.acts("execute_change_set") == ["shop-data"]
    (failed,) = (event for event in events if isinstance(event, MigrationFailed))
    assert failed.reason == "V001__a.sql:3: no such type (42704)"
    assert error.exit_code == 3
    assert "a migration of orders failed" in error.message
    assert aws.stack("shop-compute") is None


def test_without_changes_what_is_pending_runs_anyway_and_else_nothing_does() -> None:
    aws = account(status=report("pending"), migrate=report(applied=["V001__a.sql"]))
    prepared = make(aws)
    assert prepared.plan.has_changes
    list(execute.run(prepared))
    assert [call[2] for call in aws.calls if call[0] == "invoke"] == ["status", "migrate"]
    aws = account(status=report())
    prepared = make(aws)
    assert not prepared.plan.has_changes
    list(execute.run(prepared))
    assert [call[2] for call in aws.calls if call[0] == "invoke"] == ["status"]


@pytest.mark.parametrize("state", ["edited", "missing", "out-of-order"])
def test_what_can_never_run_ends_a_deployment_before_it_begins(state: str) -> None:
    aws = account(status=report(state, BROKEN | {"line": 0, "sqlstate": "", "message": "it was edited"}))
    events, error = failing(
        make(aws, an_assembly(DATA, a_stack("shop-compute", {"Other": {}}), migrators=(MIGRATOR,)))
    )
    assert events == []
    assert "the migrations of orders cannot run: V001__a.sql: it was edited" in error.message
    assert aws.acts("execute_change_set") == []


def test_a_file_that_was_left_half_way_does_not_keep_a_better_one_from_being_deployed() -> None:
    aws = account(status=report("begun", BROKEN), migrate=report("begun", BROKEN))
    better = a_stack("shop-data", {"Orders": {"Text": "better"}}, {"OrdersMigrator": {"Ref": "Orders"}})
    failing(make(aws, an_assembly(better, COMPUTE, migrators=(MIGRATOR,))))
    assert aws.acts("execute_change_set") == ["shop-data"]


def test_a_migrator_that_does_not_answer_hides_nothing_and_stops_no_plan() -> None:
    aws = account(status=DeployError("access denied"))
    (found,) = make(aws).plan.migrations
    assert (found.pending, found.unknown) == (None, "access denied")
    aws = account(status=report(error=BROKEN | {"message": "no connection"}, files=[]))
    assert make(aws).plan.migrations[0].unknown == "no connection"


def test_a_function_that_was_idle_for_weeks_is_waited_for() -> None:
    idle = AwsError("not ready", "", "ResourceNotReadyException", missing=False)
    aws = NewAccount(answering(migrate=[idle, idle, report(applied=["V001__a.sql"])]))
    assert any(isinstance(event, MigrationFinished) for event in execute.run(make(aws)))
    other = AwsError("no", "", "AccessDeniedException", missing=False)
    _, error = failing(make(NewAccount(answering(migrate=[other]))))
    assert error.message == "no"


def test_a_migrator_that_is_never_ready_is_given_up() -> None:
    idle = AwsError("not ready", "", "ResourceNotReadyException", missing=False)
    _, error = failing(make(NewAccount(answering(migrate=idle))))
    assert "did not become ready" in error.message


PLANS = [
    (MigrationPlan("orders", "shop-data"), "run after shop-data"),
    (
        MigrationPlan("orders", "shop-data", unknown="access denied"),
        "run after shop-data; what is pending cannot be told: access denied",
    ),
    (
        MigrationPlan(
            "orders", "shop-data", ("V002__b.sql", "V003__c.sql"), {"made": ("me",), "shut_out": ("you",)}
        ),
        "will run after shop-data: V002__b.sql, V003__c.sql; users made: me; users shut out: you",
    ),
    (MigrationPlan("orders", "shop-data", (), obstacle="it was edited"), "would be refused: it was edited"),
]


@pytest.mark.parametrize(("found", "words"), PLANS)
def test_a_plan_says_what_will_run(found: MigrationPlan, words: str) -> None:
    shown = ChangePlan("shop", "dev", (), (found,))
    assert f"migrations of orders\n  {words}" in text([shown], Style(colour=False))
    assert words.split(":")[0] in markdown([shown])


def test_the_door_calls_a_function_and_tells_how_it_failed(aws_says: Stubs) -> None:
    def answer(body: Mapping[str, Any], **facts: Any) -> None:
        content = json.dumps(body).encode()
        payload = StreamingBody(io.BytesIO(content), len(content))
        asked = {"FunctionName": "migrator", "Payload": b'{"action": "status"}'}
        aws_says.answer("invoke", {"StatusCode": 200, "Payload": payload, **facts}, asked, "lambda")

    answer({"ok": True})
    assert aws_says.door.invoke("migrator", {"action": "status"}) == {"ok": True}
    answer({"errorMessage": "Task timed out after 900.00 seconds"}, FunctionError="Unhandled")
    with pytest.raises(DeployError, match="the function migrator failed: Task timed out after"):
        aws_says.door.invoke("migrator", {"action": "status"})


def test_a_reason_names_what_is_known() -> None:
    assert migrations.reason(BROKEN | {"file": "", "line": 0, "sqlstate": ""}) == "no such type"
