"""The ways out against the embedded emulator with injected faults; afterwards a deployment works."""

import itertools
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compiler.assembly import Assembly
from compiler.deploy import aws, destroy, execute, plan, rescue, rescuing
from compiler.deploy.errors import DeployError
from compiler.deploy.events import Recovered, ResourceEvent
from compiler.deploy.stuck import Part
from compiler.deploy.ways import Step
from compiler.emulator.server import Emulator, find_python, running
from tests.fakes import a_stack, an_assembly
from tests.specs import HEAD
from tests.test_approving import Typing
from tests.test_cli import run

_accounts = (f"{number:012d}" for number in itertools.count(720000000000))
NAME = "shop-foundation"


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("faults") / "faults.json"


@pytest.fixture(scope="module")
def emulator(faults: Path) -> Iterator[Emulator]:
    with running(find_python(), faults=faults) as emulator:
        yield emulator


@pytest.fixture
def door(emulator: Emulator, faults: Path) -> aws.Boto:
    """An account of its own, empty, and no faults."""
    faults.write_text("[]")
    return aws.connect(aws.Session(None, "us-east-1", emulator.endpoint_url, next(_accounts)))


def room(text: str) -> Assembly:
    return an_assembly(a_stack(NAME, {name: {"DisplayName": text} for name in ("Key", "Other")}))


def strike(faults: Path, *found: dict[str, Any]) -> None:
    faults.write_text(json.dumps(found))


def deploy(door: aws.Boto, assembly: Assembly) -> None:
    list(execute.run(plan.make(assembly, door)))


def failing(door: aws.Boto, assembly: Assembly) -> None:
    with pytest.raises(DeployError):
        deploy(door, assembly)


def refused(stack: str, step: Step, part: Part) -> None:
    raise AssertionError(f"{stack}/{part.logical_id} was not shown")


def recover(door: aws.Boto, assembly: Assembly, *approve: str) -> Recovered:
    found = rescue.plan(assembly, door)
    *_, last = rescuing.run(found, rescuing.meant(found, approve), refused)
    assert isinstance(last, Recovered)
    return last


def status_of(door: aws.Boto) -> str | None:
    found = door.stack(NAME)
    return found.status if found else None


@pytest.fixture
def stuck(door: aws.Boto, faults: Path) -> aws.Boto:
    """In UPDATE_ROLLBACK_FAILED because of `Key`."""
    deploy(door, room("one"))
    back = {"logical_id": "Key", "operation": "update", "after": 1, "fail": "no way back"}
    strike(faults, back, {"logical_id": "Other", "operation": "update", "fail": "not now"})
    failing(door, room("two"))
    assert status_of(door) == "UPDATE_ROLLBACK_FAILED"
    return door


def test_a_rollback_whose_cause_is_mended_is_continued_with_nothing_skipped(
    stuck: aws.Boto, faults: Path
) -> None:
    with pytest.raises(DeployError, match=r"formwork recover shop\.yaml --env dev --stack shop-foundation"):
        plan.make(room("two"), stuck)
    strike(faults)
    assert recover(stuck, room("two")).skipped == ()
    assert status_of(stuck) == "UPDATE_ROLLBACK_COMPLETE"
    deploy(stuck, room("two"))
    assert status_of(stuck) == "UPDATE_COMPLETE"


def test_a_rollback_that_fails_again_is_continued_without_what_blocks_it(
    stuck: aws.Boto, faults: Path
) -> None:
    strike(faults, {"logical_id": "Key", "operation": "update", "fail": "no way back"})
    assert recover(stuck, room("two")).skipped == (f"{NAME}/Key",)
    assert status_of(stuck) == "UPDATE_ROLLBACK_COMPLETE"
    strike(faults)
    deploy(stuck, room("three"))
    assert status_of(stuck) == "UPDATE_COMPLETE"


def test_a_failed_deletion_leaves_behind_what_blocks_it(door: aws.Boto, faults: Path) -> None:
    deploy(door, room("one"))
    strike(faults, {"logical_id": "Key", "operation": "delete", "fail": "The topic is not empty"})
    with pytest.raises(DeployError):
        list(destroy.run(destroy.plan(room("one"), door)))
    assert status_of(door) == "DELETE_FAILED"
    (kept,) = recover(door, room("one")).retained
    assert kept.logical_id == "Key"
    assert kept.physical_id.startswith("arn:aws:sns:")
    assert status_of(door) is None
    strike(faults)
    deploy(door, room("one"))
    assert status_of(door) == "CREATE_COMPLETE"


def test_a_failed_creation_that_could_not_be_taken_back_is_deleted_and_made_anew(
    door: aws.Boto, faults: Path
) -> None:
    """The emulator forgets what its rollback could not delete; what holds data is in test_recover.py."""
    held = {"logical_id": "Key", "operation": "delete", "fail": "held"}
    strike(faults, {"logical_id": "Other", "operation": "create", "fail": "not now"}, held)
    failing(door, room("one"))
    assert status_of(door) == "ROLLBACK_FAILED"
    strike(faults)
    recover(door, room("one"))
    assert status_of(door) is None
    deploy(door, room("one"))
    assert status_of(door) == "CREATE_COMPLETE"


def test_the_command_waits_for_what_runs_shows_the_way_out_and_goes_it(
    emulator: Emulator,
    faults: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    account = next(_accounts)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", account)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "emulator")
    spec = tmp_path / "shop.yaml"
    where = ("shop.yaml", "--env", "dev", "--endpoint-url", emulator.endpoint_url)
    spec.write_text(HEAD + "queues: {work: {}}\n")
    strike(faults)
    assert run("deploy", *where, "--yes") == 0
    assert run("recover", *where) == 0
    assert "nothing to recover" in capsys.readouterr().out

    strike(faults, {"logical_id": "WorkQueue", "operation": "delete", "fail": "the queue is held"})
    assert run("destroy", *where, "--yes") == 3
    assert run("status", *where) == 0
    shown = capsys.readouterr().out
    assert "formwork recover shop.yaml --env dev --stack shop-dev-data" in shown
    assert run("deploy", *where, "--yes") == 3
    assert run("recover", *where, "--yes") == 4
    told = capsys.readouterr()
    assert "1. delete the stack again, with all that is left in it" in told.out
    assert "WorkQueue (AWS::SQS::Queue, shop.yaml:7:10)" in told.out
    assert "nothing was changed; if you mean it, add --approve shop-dev-data/WorkQueue" in told.err
    assert run("recover", *where, "--yes", "--approve", "WorkQueu") == 2
    assert run("recover", *where, "--yes", "--stack", "shop-dev") == 2
    assert run("recover", *where, "--wait", "soon") == 2
    capsys.readouterr()

    yes = ("--yes", "--approve", "WorkQueue", "--format", "json")
    assert run("recover", *where, *yes) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events[0]["event"] == "recovery-planned"
    assert events[-1]["event"] == "recovered"
    assert [kept["logical_id"] for kept in events[-1]["retained"]] == ["WorkQueue"]
    strike(faults)


def test_a_deployment_that_waits_for_another_one_does_not_touch_what_it_does(
    emulator: Emulator, faults: Path
) -> None:
    """A busy stack: `recover` refuses it by itself; the command follows it first."""
    account = next(_accounts)
    first, second = (
        aws.connect(aws.Session(None, "us-east-1", emulator.endpoint_url, account)) for _ in range(2)
    )
    strike(faults, {"logical_id": "Key", "delay": 0.5})
    prepared, begun = plan.make(room("one"), first), threading.Event()

    def work() -> None:
        for event in execute.run(prepared):
            if isinstance(event, ResourceEvent):
                begun.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(30)
    with pytest.raises(DeployError, match="is busy: CREATE_IN_PROGRESS"):
        rescue.plan(room("one"), second)
    thread.join(30)
    strike(faults)
    assert rescue.plan(room("one"), second).cases == ()


def test_somebody_at_a_terminal_approves_by_name_what_may_hold_data(
    emulator: Emulator,
    faults: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", next(_accounts))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "emulator")
    where = ("shop.yaml", "--env", "dev", "--endpoint-url", emulator.endpoint_url)
    (tmp_path / "shop.yaml").write_text(HEAD + "queues: {other: {}, work: {}}\n")
    strike(faults)
    assert run("deploy", *where, "--yes") == 0
    (tmp_path / "shop.yaml").write_text(HEAD + "queues: {other: {retention: 5d}, work: {retention: 5d}}\n")
    held = {"logical_id": "OtherQueue", "operation": "update", "after": 1, "fail": "no way back"}
    strike(faults, held, {"logical_id": "WorkQueue", "operation": "update", "fail": "not now"})
    assert run("deploy", *where, "--yes") == 3
    assert "lead it out with `formwork recover shop.yaml" in capsys.readouterr().err

    strike(faults, held | {"after": 0})
    monkeypatch.setattr(sys, "stdin", Typing("no\n"))
    assert run("recover", *where) == 4
    assert "nothing was changed" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", Typing("yes\nwhat\n"))
    assert run("recover", *where) == 4
    assert (
        "shop-dev-data/OtherQueue is not approved; what was done before stays done" in capsys.readouterr().err
    )
    # By now it was tried twice, so that it is asked for before anything is done.
    monkeypatch.setattr(sys, "stdin", Typing("OtherQueue\nyes\n"))
    assert run("recover", *where) == 0
    assert "shop-dev-data: done, UPDATE_ROLLBACK_COMPLETE" in capsys.readouterr().out
    strike(faults)
    assert run("deploy", *where, "--yes") == 0
