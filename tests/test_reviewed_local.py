"""Reviewed plans through the command and against the emulator: planned here, deployed elsewhere."""

from __future__ import annotations

import itertools
import json
import logging
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from compiler.assembly import Assembly, Stack
from compiler.deploy import aws, discard, execute, plan, plan_file, resume, reviewed
from compiler.deploy.errors import RefusedError
from compiler.emulator.server import Emulator, credentials, find_python, running
from tests.fakes import a_stack, an_assembly
from tests.recorder import recording
from tests.specs import HEAD, compiled
from tests.test_approving import Typing
from tests.test_cli import run

ROOT = Path(__file__).parent.parent
SPEC = HEAD + "streams: {clicks: {}}\nqueues: {work: {}}\n"
LOCAL = ("spec.yaml", "--env", "dev", "--local")
# What goes at the end is predicted, so the policies are known to have denied something.
GONE = ("WorkDeadLetterQueue", "WorkDeadLetterQueuePolicy", "WorkQueue", "WorkQueuePolicy")

KEYS = a_stack("shop-foundation", {"Key": {"DisplayName": "one"}}, {"KeyArn": {"Ref": "Key"}})
DATA = a_stack(
    "shop-data",
    {"Orders": {"DisplayName": {"Ref": "Key"}}},
    {"OrdersArn": {"Ref": "Orders"}},
    {"Key": "shop-foundation.KeyArn"},
)
SHOP = an_assembly(KEYS, DATA)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MARK = "a1b2c3d4"


def changed(stack: Stack, logical_id: str, **properties: str) -> Stack:
    template = json.loads(stack.body)
    template["Resources"][logical_id]["Properties"] |= properties
    return replace(stack, template=template)


LATER = an_assembly(changed(KEYS, "Key", DisplayName="two"), DATA)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text(SPEC)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str]) -> str:
    shown = capsys.readouterr()
    return shown.out + shown.err


def elsewhere(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, with no terminal."""
    python = [sys.executable, "-m", "compiler", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        python,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def drop_queue(folder: Path) -> None:
    """`clicks` is kept longer, `work` goes."""
    text = SPEC.replace("queues: {work: {}}\n", "").replace("clicks: {}", "clicks: {retention: 48h}")
    (folder / "spec.yaml").write_text(text)


def test_a_plan_made_here_is_deployed_by_another_process_without_the_spec(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("plan", *LOCAL, "--out", "plan.json", "--expires", "4h") == 0
    assert "deploy it:  formwork deploy --plan plan.json\n" in said(capsys)
    assert stat.S_IMODE((folder / "plan.json").stat().st_mode) == 0o600
    kept = plan_file.read((folder / "plan.json").read_bytes(), "plan.json")
    assert kept.expires - kept.created == timedelta(hours=4)

    (folder / "spec.yaml").unlink()
    shutil.move(folder / "plan.json", folder / "other.json")
    done = elsewhere(folder, "deploy", "--plan", "other.json", "--local", "--yes")
    assert done.returncode == 0, done.stderr
    assert "ClicksName = " in done.stdout
    again = elsewhere(folder, "deploy", "--plan", "other.json", "--local", "--yes")
    assert again.returncode == 0, again.stderr
    assert (
        "done already, as planned: shop-dev-data, shop-dev-foundation, shop-dev-observability" in again.stdout
    )
    assert "nothing to do" in again.stdout
    assert elsewhere(folder, "plan", "--discard", "other.json", "--local").stdout == (
        "there was nothing left of this plan\n"
    )


def test_risky_changes_of_a_plan_need_their_approvals(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("deploy", *LOCAL, "--yes") == 0
    drop_queue(folder)
    assert run("plan", *LOCAL, "--out", "plan.json") == 0
    assert "needs approval by name: shop-dev-data/WorkDeadLetterQueue, " in said(capsys)
    deploy = ("deploy", "--plan", "plan.json", "--local", "--yes")
    assert run(*deploy) == 4
    assert "need approval by name: shop-dev-data/WorkDeadLetterQueue (data-loss)" in said(capsys)

    listed = [{"change": f"shop-dev-data/{name}", "reason": "unused", "by": "Ann"} for name in GONE]
    (folder / "approvals.json").write_text(json.dumps({"approvals": listed[1:]}))
    assert run(*deploy, "--approvals", "approvals.json") == 4
    assert "by name: shop-dev-data/WorkDeadLetterQueue (data-loss); if" in said(capsys)
    assert run(*deploy, "--approvals", "approvals.json", "--approve", GONE[0]) == 0
    assert "approved by Ann: shop-dev-data/WorkQueue (unused)" in said(capsys)


def test_at_a_terminal_the_deployment_is_confirmed_after_its_risks(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("deploy", *LOCAL, "--yes") == 0
    drop_queue(folder)
    for last, code in (("no", 4), ("yes", 0)):
        monkeypatch.setattr(sys, "stdin", Typing("\n".join([*GONE, last])))
        assert run("deploy", *LOCAL) == code
    assert "Type 'WorkQueue' to go on: " in said(capsys)


def test_a_new_plan_in_the_same_file_takes_the_change_sets_of_the_old_one_along(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("plan", *LOCAL, "--out", "plan.json") == 0
    shutil.copy(folder / "plan.json", folder / "old.json")
    assert run("plan", *LOCAL, "--out", "plan.json") == 0
    assert run("deploy", "--plan", "old.json", "--local", "--yes") == 4
    assert "the change set of stack shop-dev-foundation is gone" in said(capsys)
    assert run("plan", "--discard", "old.json", "--local") == 0
    assert "there was nothing left" in said(capsys)
    assert run("plan", "--discard", "plan.json", "--local", "--format", "json") == 0
    (name,) = json.loads(capsys.readouterr().out)["deleted"]
    assert name.startswith("shop-dev-foundation/formwork-")
    assert run("status", *LOCAL, "--format", "json") == 0
    states = {stack["state"] for stack in json.loads(capsys.readouterr().out)["stacks"]}
    assert states == {"absent"}


def test_a_file_with_a_plan_for_something_else_is_not_written_over(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("plan", *LOCAL, "--out", "plan.json") == 0
    before = (folder / "plan.json").read_bytes()
    assert run("plan", "spec.yaml", "--env", "production", "--local", "--out", "plan.json") == 4
    assert "plan.json holds a plan for environment 'dev' of platform 'shop'; discard that" in said(capsys)
    assert (folder / "plan.json").read_bytes() == before


def test_a_plan_whose_change_sets_cannot_be_deleted_keeps_its_file(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("plan", *LOCAL, "--out", "plan.json") == 0
    first = plan_file.read((folder / "plan.json").read_bytes(), "plan.json")
    steps = tuple(replace(step, region="no region") for step in first.steps)
    before = plan_file.write(replace(first, steps=steps))
    (folder / "plan.json").write_bytes(before)
    assert run("plan", *LOCAL, "--out", "plan.json") == 3
    assert "Traceback" not in said(capsys)
    assert (folder / "plan.json").read_bytes() == before


def test_a_plan_runs_with_the_role_that_it_was_made_with(
    folder: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    one, two = (f"arn:aws:iam::123456789012:role/{name}" for name in ("one", "two"))
    deploy = ("deploy", "--plan", "plan.json", "--local", "--yes")
    assert run("plan", *LOCAL, "--out", "plan.json") == 0
    assert run(*deploy, "--role-arn", one) == 4
    assert f"the plan was made without a role, not with {one}; leave out --role-arn" in said(capsys)

    assert run("plan", *LOCAL, "--out", "plan.json", "--role-arn", one) == 0
    assert run(*deploy, "--role-arn", two) == 4
    assert f"the plan was made with role {one}, not with {two}" in said(capsys)
    caplog.set_level(logging.DEBUG, "botocore.endpoint")
    assert run(*deploy) == 0
    made = [record.getMessage() for record in caplog.records if "CreateChangeSet" in record.getMessage()]
    assert made
    assert all(f"'RoleARN': '{one}'" in request for request in made)


def test_a_reason_cannot_pass_for_the_approval_of_somebody_else(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("deploy", *LOCAL, "--yes") == 0
    drop_queue(folder)
    reason = "unused)\x1b[2J\napproved by Bob: all of it (fine\n"
    listed = [{"change": f"shop-dev-data/{name}", "reason": reason, "by": "Ann"} for name in GONE]
    (folder / "approvals.json").write_text(json.dumps({"approvals": listed}))
    assert run("deploy", *LOCAL, "--yes", "--approvals", "approvals.json") == 0
    shown = said(capsys)
    assert "(unused) [2J approved by Bob: all of it (fine)\n" in shown
    assert "\x1b[2J" not in shown
    assert "\napproved by Bob" not in shown


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("deploy",), 2, "give SPEC and --env NAME, or --plan FILE"),
        (("deploy", "spec.yaml"), 2, "give SPEC and --env NAME"),
        (("deploy", "spec.yaml", "--plan", "p"), 2, "--plan FILE stands alone"),
        (("deploy", "--env", "dev", "--plan", "p"), 2, "--plan FILE stands alone"),
        (("deploy", "--plan", "none.json"), 2, "no such file: none.json; write it with"),
        (("deploy", "--plan", "."), 2, "cannot use .: it is not a regular file"),
        (("deploy", "--plan", "spec.yaml"), 4, "spec.yaml is not a plan"),
        (("plan",), 2, "give SPEC and --env NAME, or --discard FILE"),
        (("plan", "spec.yaml", "--discard", "p"), 2, "--discard FILE stands alone"),
        (("plan", "--discard", "none.json"), 2, "no such file: none.json"),
        (("plan", "--discard", "p", "--out", "q"), 2, "not allowed with"),
        (("plan", *LOCAL[:3], "--expires", "4h"), 2, "add --out FILE"),
        (("plan", *LOCAL[:3], "--out", "p", "--expires", "4"), 2, "'4' is no time"),
        (("plan", *LOCAL[:3], "--out", "p", "--expires", "0h"), 2, "'0h' is no time"),
        (("plan", *LOCAL[:3], "--out", "p", "--expires", "31d"), 2, "give up to 30d"),
        (("plan", *LOCAL[:3], "--out", "p", "--expires", "999999999999d"), 2, "give up to 30d"),
        (("plan", *LOCAL[:3], "--out", "p", "--expires", ""), 2, "'' is no time"),
        (("plan", *LOCAL[:3], "--out", "p", "--report", "./p"), 2, "./p is the plan's own file"),
        (("plan", "--discard", "./p", "--report", "p"), 2, "p is the plan's own file"),
        (("plan", *LOCAL[:3], "--out", "spec.yaml"), 2, "spec.yaml is there and is no plan"),
        (("deploy", *LOCAL[:3], "--approvals", "none.yaml"), 2, "no such file: none.yaml"),
    ],
)
def test_wrong_arguments_are_told(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, words: str
) -> None:
    assert run(*arguments) == code
    shown = said(capsys)
    assert words in shown
    assert "Traceback" not in shown
    assert (folder / "spec.yaml").read_text() == SPEC


def test_a_file_that_cannot_be_written_leaves_no_change_set(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("plan", *LOCAL, "--out", "spec.yaml/plan.json") == 2
    assert "cannot write spec.yaml/plan.json" in said(capsys)
    assert run("status", *LOCAL, "--format", "json") == 0
    assert {s["state"] for s in json.loads(capsys.readouterr().out)["stacks"]} == {"absent"}


# The same over HTTP, with an account for each test.

_accounts = (f"{number:012d}" for number in itertools.count(710000000000))


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    faults = tmp_path_factory.mktemp("faults") / "faults.json"
    faults.write_text('[{"logical_id": "Slow", "delay": 2}]')
    with running(find_python(), faults=faults) as emulator:
        yield emulator


class Account:
    """An account of its own; each door is what another process would open."""

    def __init__(self, emulator: Emulator) -> None:
        self.url, self.id = emulator.endpoint_url, next(_accounts)

    def door(self, region: str = "us-east-1", account: str = "") -> aws.Boto:
        return aws.connect(aws.Session(None, region, self.url, account or self.id))

    def client(self, service: str, region: str = "us-east-1") -> Any:
        where = {"endpoint_url": self.url, "region_name": region}
        return boto3.client(service, **where, **credentials(self.id))  # type: ignore[call-overload]

    def deploy(self, assembly: Assembly) -> None:
        list(execute.run(plan.make(assembly, self.door(assembly.region))))

    def keep(self, assembly: Assembly, now: datetime = NOW) -> bytes:
        with plan.make(assembly, self.door(assembly.region), mark=MARK) as prepared:
            content = plan_file.write(reviewed.of(prepared, MARK, now, now + timedelta(days=1)))
            prepared.keep()
        return content

    def wait(self, until: str, stack: str) -> None:
        """What was begun past Formwork goes on by itself."""
        self.client("cloudformation").get_waiter(until).wait(StackName=stack, WaiterConfig={"Delay": 1})

    def state(self) -> Any:
        """Everything that CloudFormation tells."""
        stacks = self.client("cloudformation").describe_stacks()["Stacks"]
        return sorted((s["StackName"], s["StackStatus"], str(s.get("LastUpdatedTime"))) for s in stacks)


@pytest.fixture
def account(emulator: Emulator) -> Account:
    return Account(emulator)


def run_plan(account: Account, content: bytes) -> None:
    list(execute.run(resume.resume(plan_file.read(content, "plan.json"), account.door(), NOW)))


@pytest.mark.parametrize("before", [None, SHOP], ids=["first", "update"])
def test_over_http_a_plan_runs_and_runs_again(account: Account, before: Assembly | None) -> None:
    if before:
        account.deploy(before)
    content = account.keep(LATER)
    run_plan(account, content)
    state = account.state()
    assert json.loads(account.door().template("shop-foundation")) == LATER.stacks[0].template
    run_plan(account, content)
    assert account.state() == state
    assert discard.discard(plan_file.read(content, "plan.json"), account.door()) == ()
    assert account.state() == state


@pytest.mark.parametrize("moment", range(1, 8))
def test_over_http_a_killed_run_converges(account: Account, moment: int) -> None:
    content = account.keep(LATER)
    running = execute.run(resume.resume(plan_file.read(content, "plan.json"), account.door(), NOW))
    list(itertools.islice(running, moment))
    run_plan(account, content)
    assert [status for _, status, _ in account.state()] == ["CREATE_COMPLETE"] * 2


def test_a_process_that_is_killed_in_the_middle_is_run_again(
    account: Account, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = a_stack(
        "shop-data", {"Slow": {"DisplayName": {"Ref": "Key"}}}, {}, {"Key": "shop-foundation.KeyArn"}
    )
    (folder / "plan.json").write_bytes(account.keep(an_assembly(KEYS, slow), datetime.now(UTC)))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", account.id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    deploy = ("deploy", "--plan", "plan.json", "--endpoint-url", account.url, "--yes")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    python = [sys.executable, "-m", "compiler", *deploy]
    with subprocess.Popen(python, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert any(line.startswith("shop-data: CREATE_IN_PROGRESS Slow") for line in process.stdout)
        process.kill()
    again = elsewhere(folder, *deploy)
    if again.returncode:  # CloudFormation goes on without us, and may not be done yet
        assert (again.returncode, "stack shop-data is busy: CREATE_IN_PROGRESS" in again.stderr) == (4, True)
        account.wait("stack_create_complete", "shop-data")
        again = elsewhere(folder, *deploy)
    assert again.returncode == 0, again.stderr
    assert "done already, as planned: shop-data, shop-foundation" in again.stdout
    assert [status for _, status, _ in account.state()] == ["CREATE_COMPLETE"] * 2


def _update(account: Account) -> None:
    account.client("cloudformation").update_stack(
        StackName="shop-foundation", TemplateBody=changed(KEYS, "Key", DisplayName="theirs").body
    )
    account.wait("stack_update_complete", "shop-foundation")


def _delete(account: Account) -> None:
    account.client("cloudformation").delete_stack(StackName="shop-data")
    account.wait("stack_delete_complete", "shop-data")


def _drop(account: Account) -> None:
    client = account.client("cloudformation")
    for found in client.list_change_sets(StackName="shop-foundation")["Summaries"]:
        client.delete_change_set(ChangeSetName=found["ChangeSetId"])


def _execute(account: Account) -> None:
    account.deploy(an_assembly(changed(KEYS, "Key", DisplayName="three"), DATA))


def _parameter(account: Account) -> None:
    account.client("cloudformation").update_stack(
        StackName="shop-data",
        UsePreviousTemplate=True,
        Parameters=[{"ParameterKey": "Key", "ParameterValue": "another"}],
    )
    account.wait("stack_update_complete", "shop-data")


@pytest.mark.parametrize(
    ("move", "words"),
    [
        (_update, "stack shop-foundation is in UPDATE_COMPLETE, and was in CREATE_COMPLETE; "),
        (_update, "stack shop-foundation has another template"),
        (_delete, "stack shop-data is gone"),
        (_drop, "the change set of stack shop-foundation is gone"),
        (_execute, "the change set of stack shop-foundation is gone"),
        (_parameter, "parameter Key of stack shop-data has another value"),
    ],
)
def test_over_http_whatever_moved_is_refused(
    account: Account, move: Callable[[Account], None], words: str
) -> None:
    account.deploy(SHOP)
    content = account.keep(LATER)
    move(account)
    state = account.state()
    with pytest.raises(RefusedError) as caught:
        run_plan(account, content)
    assert words in caught.value.message
    assert caught.value.exit_code == 4
    assert account.state() == state


def test_over_http_another_account_is_refused(account: Account) -> None:
    content = account.keep(SHOP)
    stranger = account.door(account=next(_accounts))
    with pytest.raises(RefusedError, match=f"the plan was made in account {account.id}"):
        resume.resume(plan_file.read(content, "plan.json"), stranger, NOW)
    assert stranger.stacks() == ()


def test_over_http_discarding_leaves_the_account_empty(account: Account) -> None:
    content = account.keep(SHOP)
    assert len(account.state()) == 1
    assert len(discard.discard(plan_file.read(content, "plan.json"), account.door())) == 1
    assert account.state() == []


class Meddling(list[str]):
    """Writes the file when the first change set is made."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def append(self, operation: str) -> None:
        if operation == "CreateChangeSet":
            self.file.write_text("theirs")
        super().append(operation)


def test_over_http_a_plan_that_another_run_wrote_meanwhile_is_not_written_over(
    folder: Path, account: Account, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", account.id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "emulator")
    with recording(account.url, Meddling(folder / "plan.json")) as url:
        assert run("plan", *LOCAL[:3], "--endpoint-url", url, "--out", "plan.json") == 4
    assert "plan.json was written meanwhile; look at it" in said(capsys)
    assert (folder / "plan.json").read_text() == "theirs"
    assert account.door("eu-west-1").stacks() == ()


def test_no_secret_of_the_account_is_in_the_file(account: Account) -> None:
    spec = """
        secrets: {signing-key: {}}
        network: {availability_zones: 2}
        databases: {registry: {engine: aurora-postgresql, capacity: {min: 0.5, max: 2}}}
        streams: {clicks: {}}
    """
    account.deploy(compiled(spec))
    client = account.client("secretsmanager", "eu-west-1")
    names = [found["Name"] for found in client.list_secrets()["SecretList"]]
    values = {client.get_secret_value(SecretId=name)["SecretString"] for name in names}
    secrets = {part for value in values for part in _parts(value) if len(part) > 7}
    assert len(secrets) >= 2
    content = account.keep(compiled(spec.replace("clicks: {}", "clicks: {retention: 48h}"))).decode()
    assert [secret for secret in secrets if secret in content] == []
    assert '"after": "48"' in content


def _parts(value: str) -> set[str]:
    """A secret's text, or what is secret of a JSON one."""
    try:
        found = json.loads(value)
    except ValueError:
        return {value}
    return {str(found[key]) for key in found if key == "password"} if isinstance(found, dict) else {value}
