"""Busy stacks: what runs there is followed to its end, whoever began it, before anything is planned."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from compiler.assembly import Assembly
from compiler.deploy import attach, aws, bootstrap, execute, guard, plan
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.events import Event, OperationFinished, OperationStarted, ResourceEvent, StackFailed
from compiler.emulator.server import Emulator, find_python, running
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly, drain
from tests.specs import HEAD, compiled
from tests.test_cli import run

FOUNDATION = a_stack("shop-foundation", {"Key": {"Text": "one"}})
SHOP = an_assembly(FOUNDATION)


def deploy(aws: FakeAws, assembly: Assembly) -> None:
    list(execute.run(plan.make(assembly, aws, FakeClock())))


def begin(aws: FakeAws, assembly: Assembly) -> None:
    """Somebody else begins to deploy; it takes three looks at the stack."""
    aws.polls = 3
    prepared = plan.make(assembly, aws, FakeClock())
    for step in prepared.steps:
        assert step.change_set
        aws.execute_change_set(step.change_set.arn, "somebody else's")


def followed(aws: FakeAws, assembly: Assembly, longest: float = 7200) -> list[Event]:
    events = [*attach.settle(assembly, aws, FakeClock(), longest)]
    return [event for event in events if type(event).__name__ != "Waiting"]


def test_what_runs_is_followed_with_events_of_its_own_and_then_the_stack_is_ready() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    begin(aws, an_assembly(a_stack("shop-foundation", {"Key": {"Text": "two"}})))
    begun, ended = followed(aws, SHOP)
    assert begun == OperationStarted("shop-foundation", "follow", "UPDATE_IN_PROGRESS")
    assert isinstance(ended, OperationFinished)
    assert (ended.doing, ended.status) == ("follow", "UPDATE_COMPLETE")
    assert plan.make(SHOP, aws, FakeClock()).plan.has_changes


def test_nothing_is_told_when_nothing_runs() -> None:
    aws = FakeAws()
    assert followed(aws, SHOP) == []
    deploy(aws, SHOP)
    assert followed(aws, SHOP) == []


def test_what_fails_while_it_is_followed_is_explained_and_ends_nothing() -> None:
    aws = FakeAws()
    broken = an_assembly(a_stack("shop-foundation", {"Key": {"Fail": "Rate exceeded"}}))
    begin(aws, broken)
    failed = followed(aws, broken)[-1]
    assert isinstance(failed, StackFailed)
    assert (failed.failure.logical_id, failed.failure.reason) == ("Key", "Rate exceeded")
    assert str(failed.failure.origin and failed.failure.origin.position) == "shop.yaml:3:5"


def test_following_is_bounded_and_says_that_what_runs_goes_on() -> None:
    aws = FakeAws()
    begin(aws, SHOP)
    aws.set("shop-foundation", status="CREATE_IN_PROGRESS")
    aws._find("shop-foundation").pending.clear()  # type: ignore[union-attr]
    with pytest.raises(DeployError, match=r"still busy \(CREATE_IN_PROGRESS\).*goes on.*--wait") as caught:
        followed(aws, SHOP, longest=60)
    assert caught.value.exit_code == 3


def test_stacks_of_others_are_not_followed_but_the_shared_bootstrap_stack_is() -> None:
    aws = FakeAws()
    begin(aws, SHOP)
    assert followed(aws, an_assembly(FOUNDATION, platform="other")) == []
    live = aws.stack("shop-foundation")
    assert live
    assert not attach.is_own(live, an_assembly(FOUNDATION, platform="other"))
    assert attach.is_own(replace(live, tags=bootstrap.TAGS), SHOP)


def test_another_account_is_refused_before_anything_is_followed() -> None:
    aws = FakeAws()
    begin(aws, SHOP)
    with pytest.raises(RefusedError, match="belongs in account"):
        followed(aws, replace(SHOP, account="999988887777"))


def test_without_waiting_a_busy_stack_is_refused() -> None:
    aws = FakeAws()
    begin(aws, SHOP)
    with pytest.raises(RefusedError, match="is busy: CREATE_IN_PROGRESS"):
        plan.make(SHOP, aws, FakeClock())
    live = aws.stack("shop-foundation")
    assert live
    assert guard.busy(live).exit_code == 4


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("faults") / "faults.json"


@pytest.fixture(scope="module")
def emulator(faults: Path) -> Iterator[Emulator]:
    with running(find_python(), faults=faults) as emulator:
        yield emulator


def test_two_deployments_of_one_environment_run_one_after_the_other(emulator: Emulator, faults: Path) -> None:
    """The first is slow; the second attaches to it, shows its resources, and then finds nothing to do."""
    first, second = (
        aws.connect(aws.Session(None, "us-east-1", emulator.endpoint_url, "710000000001")) for _ in range(2)
    )
    faults.write_text(json.dumps([{"logical_id": "Key", "delay": 0.5}]))
    prepared = plan.make(SHOP, first)
    begun, done = threading.Event(), list[Event]()

    def run() -> None:
        for event in execute.run(prepared):
            done.append(event)
            if isinstance(event, ResourceEvent):
                begun.set()

    thread = threading.Thread(target=run)
    thread.start()
    assert begun.wait(30)
    events: list[Event] = []
    drain(attach.settle(SHOP, second), events)
    thread.join(30)
    assert isinstance(events[0], OperationStarted)
    assert [e.status for e in events if isinstance(e, OperationFinished)] == ["CREATE_COMPLETE"]
    assert ("Key", "CREATE_COMPLETE") in {
        (e.logical_id, e.status) for e in events if isinstance(e, ResourceEvent)
    }
    assert not plan.make(SHOP, second).plan.has_changes


def test_commands_follow_first_and_a_plan_for_machines_stays_one_document(
    emulator: Emulator,
    faults: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    account = "710000000002"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", account)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "emulator")
    (tmp_path / "spec.yaml").write_text(HEAD + "queues: {work: {}}\n")
    where = ("spec.yaml", "--env", "dev", "--endpoint-url", emulator.endpoint_url)
    faults.write_text(json.dumps([{"type": "AWS::SNS::Topic", "delay": 6}]))
    door = aws.connect(aws.Session(None, "eu-west-1", emulator.endpoint_url, account))
    prepared = plan.make(compiled("queues: {work: {}}\n"), door)
    first = prepared.steps[0].change_set
    assert first
    door.execute_change_set(first.arn, "somebody-else", says_rollback=first.says_rollback)

    assert run("plan", *where, "--no-wait") == 4
    assert "is busy: CREATE_IN_PROGRESS" in capsys.readouterr().err
    faults.write_text("[]")  # the topic that is being made still takes its time
    assert run("destroy", *where, "--yes", "--wait", "1s", "--no-wait") == 2
    capsys.readouterr()
    assert run("plan", *where, "--format", "json") == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["has_changes"]
    assert "shop-dev-foundation: following what runs there, it is in CREATE_IN_PROGRESS" in told.err
    assert "shop-dev-foundation: done, CREATE_COMPLETE" in told.err
