"""How a deployment is watched: expected times, logs that are never silent for long, quiet, and Ctrl-C."""

from __future__ import annotations

import io
import json
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from compiler.commands.interrupting import Interruptions, asking
from compiler.deploy import execute, plan
from compiler.deploy.control import Control
from compiler.deploy.errors import DeployError
from compiler.deploy.events import (
    Deployed,
    Event,
    Expected,
    ResourceEvent,
    Settling,
    StackFailed,
    StackFinished,
    StackStarted,
    Waiting,
)
from compiler.deploy.expectation import limit, usual
from compiler.deploy.records import StackEvent
from compiler.views.progress import Live, Plain, Quiet, progress
from compiler.views.style import Style
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly, drain
from tests.specs import HEAD

PLAIN = Style(False)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def event(logical_id: str, status: str, seconds: float, token: str) -> StackEvent:
    at = NOON + timedelta(seconds=seconds)
    return StackEvent(f"{logical_id}{status}{seconds}", "s", logical_id, "p", "T", status, "", at, token)


def test_what_is_usual_is_the_latest_success_of_each_resource() -> None:
    history = [
        event("Db", "UPDATE_IN_PROGRESS", 0, "one"),
        event("Db", "UPDATE_COMPLETE", 500, "one"),
        event("Db", "UPDATE_IN_PROGRESS", 1000, "two"),
        event("Db", "UPDATE_IN_PROGRESS", 1010, "two"),
        event("Db", "UPDATE_COMPLETE", 1090, "two"),
        event("Db", "UPDATE_IN_PROGRESS", 2000, "three"),
        event("Db", "UPDATE_FAILED", 2999, "three"),
        event("Queue", "CREATE_IN_PROGRESS", 3000, "four"),
        event("Queue", "CREATE_COMPLETE", 3004, "four"),
    ]
    assert usual(reversed(history)) == {("Db", "UPDATE"): 90.0, ("Queue", "CREATE"): 4.0}


def test_cloudformation_gives_up_when_the_schema_says_so() -> None:
    assert limit("AWS::ElastiCache::ReplicationGroup", "create") == 300 * 60
    assert limit("AWS::Acme::Unknown", "create") == 120 * 60


def test_a_second_update_is_told_with_what_the_first_took() -> None:
    aws = FakeAws()
    found: list[Expected] = []
    for text in ("one", "two", "three"):
        prepared = plan.make(an_assembly(a_stack("shop-data", {"A": {"Text": text}})), aws, FakeClock())
        found += [each.expected for each in execute.run(prepared) if isinstance(each, StackStarted)]
    assert [each.seconds for each in found] == [None, None, 4.0]
    assert [dict(each.usual) for each in found] == [{}, {"A": 1.0}, {"A": 1.0}]


def shown(view: Plain | Quiet, *events: Event) -> None:
    for each in events:
        view.show(each)


def test_a_log_says_once_a_minute_what_is_still_under_way() -> None:
    stream = io.StringIO()
    view = Plain(stream, PLAIN)
    shown(view, StackStarted("a", "update", 3, Expected(240.0, {"Db": 200.0}, {"Db": 7200.0})))
    shown(view, ResourceEvent("a", "Db", "T", "UPDATE_IN_PROGRESS", "", NOON, None))
    before = len(stream.getvalue())
    for seconds in range(0, 125, 3):
        view.show(Waiting({"a": float(seconds)}))
    assert stream.getvalue()[before:].splitlines() == [
        "a: still updating, 0 of 3; 1m 00s; usually 4m 00s",
        "  UPDATE_IN_PROGRESS Db, 1m 00s, usually 3m 20s",
        "a: still updating, 0 of 3; 2m 00s; usually 4m 00s",
        "  UPDATE_IN_PROGRESS Db, 2m 00s, usually 3m 20s",
    ]


def test_what_takes_very_long_is_told_with_when_it_is_given_up() -> None:
    stream = io.StringIO()
    view = Live(stream, PLAIN, lambda: 120)
    for each in (
        StackStarted("a", "create", 1, Expected(None, {}, {"Db": 7200.0})),
        ResourceEvent("a", "Db", "T", "CREATE_IN_PROGRESS", "", NOON, None),
        Waiting({"a": 605.0}),
    ):
        view.show(each)
    drawn = stream.getvalue().rpartition("\x1b[J")[2].splitlines()
    assert drawn == [
        "/ a: creating, 0 of 1, 10m 05s",
        "    CREATE_IN_PROGRESS Db, 10m 05s, CloudFormation gives up after 2h 00m",
    ]


def test_what_is_waited_for_after_express_mode_is_drawn() -> None:
    stream = io.StringIO()
    view = Live(stream, PLAIN, lambda: 120)
    for each in (StackStarted("a", "create", 1), Settling("a", {"Web": "1 of 2 tasks are running"})):
        view.show(each)
    assert "    not ready: Web, 1 of 2 tasks are running" in stream.getvalue()


def test_quiet_tells_failures_and_the_end_only() -> None:
    stream = io.StringIO()
    view = progress(stream, {}, quiet=True)
    assert isinstance(view, Quiet)
    shown(
        view, StackStarted("a", "create", 1), StackFinished("a", "create", "CREATE_COMPLETE", 1, {"K": "v"})
    )
    shown(view, Deployed({"a": {"K": "v"}}, 1))
    assert stream.getvalue() == "outputs of a:\n  K = v\ndeployed in 1s\n"


# Cancelling


def cancelled(aws: FakeAws, text: str) -> tuple[list[Event], str]:
    stacks = (
        a_stack("shop-data", {"A": {"Text": text}}, {"Id": {"Ref": "A"}}),
        a_stack("shop-edge", {"B": {"Text": text}}, wires={"Id": "shop-data.Id"}),
    )
    control, events = Control(), list[Event]()
    with plan.make(an_assembly(*stacks), aws, FakeClock()) as prepared:
        aws.polls = 5

        def watching() -> Iterator[Event]:
            for each in execute.run(prepared, control=control):
                if isinstance(each, Waiting):
                    control.cancel()
                yield each

        with pytest.raises(DeployError) as caught:
            drain(watching(), events)
    aws.polls = 0
    return events, caught.value.message


def test_a_cancelled_update_rolls_back_and_nothing_more_is_begun() -> None:
    aws = FakeAws()
    first = an_assembly(
        a_stack("shop-data", {"A": {"Text": "1"}}, {"Id": {"Ref": "A"}}),
        a_stack("shop-edge", {"B": {"Text": "1"}}, wires={"Id": "shop-data.Id"}),
    )
    list(execute.run(plan.make(first, aws, FakeClock())))
    events, message = cancelled(aws, "2")
    assert aws.acts("cancel_update") != []
    assert {s.name: s.status for s in aws.stacks()} == {
        "shop-data": "UPDATE_ROLLBACK_COMPLETE",
        "shop-edge": "CREATE_COMPLETE",
    }
    assert [each.stack for each in events if isinstance(each, StackFailed)] == ["shop-data"]
    assert "the deployment stopped" in message or "cancelled" in message
    assert aws.change_sets("shop-edge") == ()
    list(execute.run(plan.make(first, aws, FakeClock())))
    assert not plan.make(first, aws, FakeClock()).has_work


def test_a_cancelled_creation_is_deleted() -> None:
    aws = FakeAws()
    cancelled(aws, "1")
    assert aws.stacks() == ()


# Ctrl-C


def test_ctrl_c_asks_and_does_what_is_answered() -> None:
    asked: list[str] = []
    answers = iter(["", "cancel", "leave"])

    def answer(question: str) -> str:
        asked.append(question)
        return next(answers)

    control = Control()
    found = Interruptions(control, answer)
    found.settle()
    assert asked == []
    found.note()
    found.settle()
    assert (len(asked), control.cancelled) == (1, False)
    found.note()
    found.settle()
    assert control.cancelled
    found.note()
    with pytest.raises(KeyboardInterrupt):
        found.settle()


def test_a_second_ctrl_c_interrupts_at_once() -> None:
    found = Interruptions(Control(), lambda question: "")
    found.note()
    with pytest.raises(KeyboardInterrupt):
        found.note()


def test_without_a_terminal_ctrl_c_is_left_as_it_was() -> None:
    before = signal.getsignal(signal.SIGINT)
    with asking(Control()):
        assert signal.getsignal(signal.SIGINT) is before


PROGRAM = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from compiler.cli import main; sys.exit(main())"
)


class AtTerminal:
    """A command whose standard streams are a terminal, with somebody at it."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.end, inside = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            cwd=folder,
            env={**os.environ, "TERM": "xterm", "CI": "", "FORMWORK_FAULTS": str(folder / "faults.json")},
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
        )
        os.close(inside)
        self.text = ""
        self._watchdog = threading.Timer(180, self.process.kill)
        self._watchdog.start()

    def until(self, found: Callable[[str], bool]) -> None:
        """Read until something is on the screen, or the command has ended."""
        while not found(self.text):
            try:
                self.text += os.read(self.end, 4096).decode("utf-8", "replace")
            except OSError:  # the other end is closed: it has ended
                break
        assert found(self.text), self.text

    def interrupt(self) -> None:
        os.kill(self.process.pid, signal.SIGINT)

    def type(self, line: str) -> None:
        os.write(self.end, f"{line}\n".encode())

    def close(self) -> int:
        code = self.process.wait(30)
        self._watchdog.cancel()
        os.close(self.end)
        return code


def test_at_a_terminal_a_deployment_is_cancelled_by_ctrl_c_and_one_word(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(HEAD + "queues: {work: {}}\n")
    local = ("deploy", "spec.yaml", "--env", "dev", "--local", "--yes")
    (tmp_path / "faults.json").write_text("[]")
    done = AtTerminal(tmp_path, *local)
    done.until(lambda text: "deployed in" in text)
    assert done.close() == 0
    (tmp_path / "spec.yaml").write_text(HEAD + "queues: {work: {retention: 10d}}\n")
    fault = {"type": "AWS::SQS::Queue", "operation": "update", "delay": 8}
    (tmp_path / "faults.json").write_text(json.dumps([fault]))
    watched = AtTerminal(tmp_path, *local)
    watched.until(lambda text: "UPDATE_IN_PROGRESS Work" in text)
    watched.interrupt()
    watched.until(lambda text: "press Enter to go on: " in text)
    watched.type("cancel")
    watched.until(lambda text: "UPDATE_ROLLBACK_COMPLETE" in text)
    assert watched.close() == 3
