"""Why a deployment failed, whether two plans are alike, and how it all reads."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from compiler.assembly import Origin
from compiler.deploy import cause, compare, known
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.events import (
    AssetUploaded,
    Deployed,
    Destroyed,
    Event,
    Failure,
    LeftBehind,
    OperationFinished,
    OperationStarted,
    PlanStarted,
    Recovered,
    ResourceEvent,
    Retained,
    StackFailed,
    StackFinished,
    StackStarted,
    Waiting,
)
from compiler.deploy.follow import Operation
from compiler.deploy.live import StackState, Status
from compiler.deploy.records import LiveStack, StackEvent
from compiler.deploy.status import State
from compiler.diagnostics import Position
from compiler.review.changes import Change, ChangePlan, Reason, StackChanges
from compiler.review.rules import CARRIED_ACROSS
from compiler.views import deploy as views
from compiler.views.events import event_text
from compiler.views.progress import Live, Plain, progress
from compiler.views.style import Style
from tests.fakes import FakeAws

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ORIGIN = Origin("orders", "topics.orders", Position("shop.yaml", 3, 5))
PLAIN = Style(colour=False)


def an_event(
    second: int, name: str, status: str, reason: str = "", stack: str = "outer", **facts: Any
) -> StackEvent:
    """An event; one named like its stack is about the stack itself."""
    given = {"type": "AWS::SNS::Topic", "physical_id": f"id-{name}"}
    if name == stack:
        given["type"] = cause.NESTED
    return StackEvent(
        id=f"{stack}{second}",
        stack_id=f"id-{stack}",
        logical_id=name,
        status=status,
        reason=reason,
        time=NOON + timedelta(seconds=second),
        **(given | facts),
    )


class Histories(FakeAws):
    """Stacks of which only the history is known."""

    def __init__(self, **histories: list[StackEvent]) -> None:
        super().__init__()
        self._histories = {f"id-{name}": events for name, events in histories.items()}

    def events(self, stack: str) -> Iterator[StackEvent]:
        if stack not in self._histories:
            raise DeployError(f"stack {stack} does not exist")
        return iter(self._histories[stack][::-1])


def explain(aws: FakeAws, *events: StackEvent, reason: str = "") -> Failure:
    live = LiveStack("id-outer", "outer", "ROLLBACK_COMPLETE", reason)
    return cause.of(aws, Operation("outer", "id-outer", "t", None, {"Orders": ORIGIN}, list(events)), live)


def test_what_was_cancelled_because_of_another_failure_is_not_the_cause() -> None:
    found = explain(
        FakeAws(),
        an_event(1, "outer", "CREATE_IN_PROGRESS"),
        an_event(2, "Early", "CREATE_FAILED", "Resource creation cancelled"),
        an_event(3, "Orders", "CREATE_FAILED", "Rate exceeded"),
        an_event(4, "Late", "CREATE_FAILED", "No such thing"),
        an_event(5, "outer", "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Orders]."),
    )
    assert (found.logical_id, found.reason, found.origin) == ("Orders", "Rate exceeded", ORIGIN)


def test_the_cause_inside_a_nested_stack_is_found_and_the_spec_line_is_that_of_the_outer_resource() -> None:
    aws = Histories(
        inner=[
            an_event(2, "inner", "CREATE_IN_PROGRESS", stack="inner"),
            an_event(3, "Deep", "CREATE_FAILED", "Role is not authorized to perform: x:Y", stack="inner"),
            an_event(4, "inner", "CREATE_FAILED", stack="inner"),
            an_event(9, "inner", "DELETE_IN_PROGRESS", stack="inner"),
            an_event(10, "Deep", "DELETE_FAILED", "later", stack="inner"),
        ]
    )
    failed = an_event(
        5, "Orders", "CREATE_FAILED", "Embedded stack failed", type=cause.NESTED, physical_id="id-inner"
    )
    found = explain(aws, failed)
    assert (found.logical_id, found.origin) == ("Deep", ORIGIN)
    assert "permission" in found.advice
    assert explain(Histories(), failed).reason == "Embedded stack failed"


def test_a_stack_that_fails_by_itself_says_why() -> None:
    own = an_event(2, "outer", "ROLLBACK_IN_PROGRESS", "Transform failed")
    assert explain(FakeAws(), own).reason == "Transform failed"
    assert explain(FakeAws(), reason="Hook said no").reason == "Hook said no"
    assert explain(FakeAws()).reason == "CloudFormation gives no reason"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("orders already exists in stack arn", "rename the component"),
        ("User is not authorized to perform: kms:CreateKey", "permission"),
        ("The maximum number of addresses has been reached. LimitExceeded", "quota"),
        ("The bucket you tried to delete is not empty", "empty it first"),
        ("Cannot delete protected Cluster, please disable deletion protection", "protected"),
        ("Exceeded attempts to wait; Resource did not stabilize", "healthy"),
        ("Rate exceeded (Service: Lambda)", "run again"),
        ("resource sg-1 has a dependent object", "outside this stack"),
        ("Subnet subnet-1 does not exist", "missing"),
        ("Invalid request provided", "correct the value"),
        ("Something nobody saw before", "stays done"),
    ],
)
def test_known_causes_have_their_own_advice(reason: str, words: str) -> None:
    assert words in known.advice(reason)


def a_change(logical_id: str, action: Any, risk: Any = "routine", kind: str = "AWS::SNS::Topic") -> Change:
    return Change(logical_id, kind, action, risk, origin=ORIGIN)


def changes(*found: Change, **facts: Any) -> StackChanges:
    return StackChanges("shop-data", "data", "update", found, **facts)


@pytest.mark.parametrize(
    ("shown", "real", "words"),
    [
        (a_change("A", "modify"), a_change("A", "modify"), None),
        (a_change("A", "may-replace"), a_change("A", "replace"), None),
        (a_change("A", "may-replace"), a_change("A", "modify"), None),
        (a_change("A", "modify"), a_change("A", "replace"), "it would be replace A"),
        (a_change("A", "add"), a_change("A", "add", kind="AWS::SQS::Queue"), r"\(AWS::SQS::Queue\)"),
        (a_change("A", "modify"), a_change("A", "modify", "exposure"), "as routine, but is exposure"),
        (a_change("A", "modify", "data-loss"), a_change("A", "modify", "identity"), None),
        (a_change("A", "add"), a_change("B", "add"), "add A .* would not happen; add B .* was not shown"),
    ],
)
def test_what_runs_must_be_like_what_was_shown(shown: Change, real: Change, words: str | None) -> None:
    found = "; ".join(compare.differences(changes(shown), changes(real)))
    assert bool(found) == bool(words)
    if words:
        assert re.search(words, found)


CARRIED = (Reason(CARRIED_ACROSS, "takes a value of another stack"),)


def test_what_follows_from_what_was_shown_may_happen_or_not() -> None:
    link, reader = a_change("Link", "may-replace", "identity"), a_change("Reader", "modify")
    follows = replace(reader, causes=("Link",))
    assert compare.differences(changes(link), changes(link, follows)) == ()
    assert compare.differences(changes(link), changes(link, replace(reader, echo=True))) == ()
    assert compare.differences(changes(link), changes(link, replace(reader, causes=("Other",)))) != ()
    assert compare.differences(changes(link), changes(link, replace(follows, risk="exposure"))) != ()
    assert compare.differences(changes(link, replace(reader, reasons=CARRIED)), changes(link)) == ()
    assert compare.differences(changes(link, reader), changes(link)) != ()


PLAN = ChangePlan(
    "shop",
    "dev",
    (
        changes(a_change("Orders", "replace", "data-loss"), change_set="arn"),
        StackChanges("shop-edge", "edge", "none", ()),
    ),
)
FAILURE = Failure("shop-data", "ROLLBACK_COMPLETE", "Orders", "AWS::SNS::Topic", "no", ORIGIN, "do better")
EVENTS: list[tuple[Event, str]] = [
    (PlanStarted(("a", "b")), "2 stacks: a, b"),
    (PlanStarted(()), "nothing to do"),
    (AssetUploaded("0123456789abcdef.zip", "fn", 7, True), "asset of fn: uploaded (0123456789ab)"),
    (StackStarted("a", "create", 1), "a: creating, 1 resource"),
    (
        ResourceEvent("a", "Orders", "T", "CREATE_COMPLETE", "", NOON, ORIGIN),
        "a: CREATE_COMPLETE Orders of orders (T)",
    ),
    (ResourceEvent("a", "Orders", "T", "CREATE_IN_PROGRESS", "Initiated", NOON, ORIGIN), ""),
    (StackFinished("a", "update", "UPDATE_COMPLETE", 65), "a: updated in 1m 05s"),
    (
        StackFailed("shop-data", FAILURE, 3),
        "shop-data: failed, ROLLBACK_COMPLETE\n  what:  Orders (AWS::SNS::Topic)\n"
        "  where: shop.yaml:3:5, component orders\n  cause: no\n  do:    do better",
    ),
    (Deployed({"a": {"Arn": "x"}, "b": {}}, 9), "outputs of a:\n  Arn = x\ndeployed in 9s"),
    (
        Destroyed((Retained("a", "Logs", "logs-1", "T"),), 9),
        "kept on purpose:\n  a: Logs (T) logs-1\ndestroyed in 9s",
    ),
    (LeftBehind("change set x is left behind"), "change set x is left behind"),
    (Waiting({"a": 1.0}), ""),
    (
        OperationStarted("a", "follow", "UPDATE_IN_PROGRESS"),
        "a: following what runs there, it is in UPDATE_IN_PROGRESS",
    ),
    (
        OperationStarted("a", "continue-rollback", "UPDATE_ROLLBACK_FAILED", ("B", "C")),
        "a: continuing the rollback, skipping B, C; it is in UPDATE_ROLLBACK_FAILED",
    ),
    (
        OperationStarted("a", "delete", "DELETE_FAILED", ("B",)),
        "a: deleting, leaving behind B; it is in DELETE_FAILED",
    ),
    (OperationFinished("a", "follow", "UPDATE_COMPLETE", 65), "a: done, UPDATE_COMPLETE in 1m 05s"),
    (OperationFinished("a", "sweep", "", 1), "a: done in 1s"),
    (
        Recovered(("a",), ("a/B",), (Retained("a", "Logs", "logs-1", "T"),), "`formwork deploy`", 9),
        "recovered: a in 9s\nperhaps not as in their template, see `formwork drift`: a/B\n"
        "kept on purpose:\n  a: Logs (T) logs-1\nnext: `formwork deploy`",
    ),
    (Recovered((), (), (), "`formwork deploy`", 0), "next: `formwork deploy`"),
]


@pytest.mark.parametrize(("event", "text"), EVENTS)
def test_events_read_well_as_text_and_as_json(event: Event, text: str) -> None:
    assert event_text(event, PLAIN) == text
    line = views.event_json(event)
    assert "\n" not in line
    assert bool(line) == (not isinstance(event, Waiting))


def test_json_events_carry_what_they_are_and_the_spec_line() -> None:
    found = json.loads(views.event_json(StackFailed("shop-data", FAILURE, 3)))
    assert found["event"] == "stack-failed"
    assert found["failure"]["origin"]["source"] == "shop.yaml:3:5"


def test_a_plan_reads_riskiest_first_and_names_the_order() -> None:
    text = views.plan_text(PLAN, PLAIN)
    assert "data-loss" in text
    assert text.endswith("in this order: update shop-data\nunchanged: shop-edge\n")
    data = json.loads(views.plan_json(PLAN))
    assert [(s["stack"], s["action"], s["change_set"]) for s in data["stacks"]] == [
        ("shop-data", "update", "arn"),
        ("shop-edge", "none", None),
    ]
    assert data["has_changes"]
    assert data["changes"][0]["class"] == "data-loss"


def test_a_status_tells_what_is_wrong() -> None:
    stacks = (
        StackState("shop-data", "data", State.FAILED_CREATE, "ROLLBACK_COMPLETE", {}, FAILURE, False),
        StackState(
            "shop-stuck", "x", State.FAILED_DELETE, "DELETE_FAILED", {}, None, None, means="a", helps="b"
        ),
        StackState("shop-edge", "edge", State.ABSENT, None, {}, None, None),
        StackState(
            "shop-old", None, State.READY, "CREATE_COMPLETE", {"Arn": "x"}, None, None, protected=True
        ),
    )
    found = Status("shop", "dev", "111122223333", "us-east-1", stacks)
    text = views.status_text(found, PLAIN)
    assert "shop-data: ROLLBACK_COMPLETE, not the template of this build\n  shop-data: failed" in text
    assert "shop-stuck: DELETE_FAILED\n  a; lead it out with: b\n" in text
    assert "shop-edge: not deployed" in text
    assert "shop-old: CREATE_COMPLETE, no longer in the spec, protected\n  Arn = x" in text
    assert json.loads(views.status_json(found))["stacks"][0]["state"] == "failed-create"


def test_an_error_says_what_to_do() -> None:
    assert str(RefusedError("no", "do it")) == "no; do it"
    assert RefusedError("no").exit_code == 4
    assert str(DeployError("no")) == "no"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_is_plain_in_a_pipe_and_in_ci_and_live_on_a_terminal() -> None:
    assert isinstance(progress(io.StringIO(), {}), Plain)
    assert isinstance(progress(Terminal(), {"CI": "true"}), Plain)
    assert isinstance(progress(Terminal(), {"TERM": "dumb"}), Plain)
    assert isinstance(progress(Terminal(), {"TERM": "xterm"}), Live)


def test_plain_progress_writes_a_line_per_event() -> None:
    stream = io.StringIO()
    view = Plain(stream, PLAIN)
    for event, _ in EVENTS[:3]:
        view.show(event)
    view.close()
    assert stream.getvalue() == "2 stacks: a, b\nnothing to do\nasset of fn: uploaded (0123456789ab)\n"


def test_live_progress_redraws_what_runs_and_leaves_what_is_done() -> None:
    stream = io.StringIO()
    view = Live(stream, PLAIN, lambda: 40)
    view.show(StackStarted("a", "create", 20))
    for number in range(15):
        view.show(ResourceEvent("a", f"T{number}", "T", "CREATE_IN_PROGRESS", "", NOON, None))
    view.show(ResourceEvent("a", "T0", "T", "CREATE_COMPLETE", "", NOON, None))
    view.show(Waiting({"a": 61.0}))
    drawn = stream.getvalue().rpartition("\x1b[J")[2]
    assert drawn.splitlines()[0] == "/ a: creating, 1 of 20, 1m 01s"
    assert drawn.splitlines()[-1] == "    and 2 more"
    assert max(map(len, drawn.splitlines())) < 40
    view.show(StackFinished("a", "create", "CREATE_COMPLETE", 61))
    view.close()
    assert stream.getvalue().endswith("\x1b[14F\x1b[Ja: created in 1m 01s\n")


def test_live_progress_shows_what_somebody_else_does_without_knowing_how_much_it_is() -> None:
    stream = io.StringIO()
    view = Live(stream, PLAIN, lambda: 60)
    view.show(OperationStarted("a", "follow", "UPDATE_IN_PROGRESS"))
    view.show(ResourceEvent("a", "Topic", "T", "UPDATE_IN_PROGRESS", "", NOON, None))
    drawn = stream.getvalue().rpartition("\x1b[J")[2]
    assert drawn.splitlines() == [
        "| a: following what runs there, 0 of 1, 0s",
        "    UPDATE_IN_PROGRESS Topic",
    ]
    view.show(OperationFinished("a", "follow", "UPDATE_COMPLETE", 61))
    view.close()
    assert stream.getvalue().endswith("a: done, UPDATE_COMPLETE in 1m 01s\n")
