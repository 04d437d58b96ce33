"""The whole command against the embedded emulator: deploy, change, look, and take down again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.specs import HEAD
from tests.test_cli import run

ROOT = Path(__file__).parent.parent
SPEC = HEAD + "streams: {clicks: {}}\nqueues: {work: {}}\n"
LOCAL = ("spec.yaml", "--env", "dev", "--local")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text(SPEC)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str]) -> str:
    shown = capsys.readouterr()
    return shown.out + shown.err


def test_a_platform_lives_from_deploy_to_destroy(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("deploy", *LOCAL, "--yes") == 0
    assert "ClicksName = " in said(capsys)

    assert run("plan", *LOCAL, "--exit-code") == 0
    assert run("deploy", *LOCAL, "--yes") == 0
    assert "nothing to do" in said(capsys)

    (folder / "spec.yaml").write_text(SPEC.replace("clicks: {}", "clicks: {retention: 48h}"))
    assert run("plan", *LOCAL, "--exit-code", "--format", "json") == 5
    plan = json.loads(capsys.readouterr().out)
    assert [change["logical_id"] for change in plan["changes"]] == ["ClicksStream"]
    assert run("deploy", *LOCAL, "--yes") == 0

    capsys.readouterr()
    assert run("status", *LOCAL, "--format", "json") == 0
    stacks = json.loads(capsys.readouterr().out)["stacks"]
    assert {stack["status"] for stack in stacks} == {"CREATE_COMPLETE", "UPDATE_COMPLETE"}

    assert run("destroy", *LOCAL, "--yes") == 0
    assert run("destroy", *LOCAL, "--yes") == 4
    assert "nothing to destroy" in said(capsys)


def test_losing_data_needs_approval_by_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("deploy", *LOCAL, "--yes") == 0
    (folder / "spec.yaml").write_text(SPEC.replace("queues: {work: {}}\n", ""))
    assert run("deploy", *LOCAL, "--yes") == 4
    shown = said(capsys)
    assert "WorkQueue (data-loss)" in shown
    approvals = [word for word in shown.split() if word.startswith("Work") and "Queue" in word]
    ids = sorted({word.strip(",;()") for word in approvals})
    assert run("deploy", *LOCAL, "--yes", *(part for name in ids for part in ("--approve", name))) == 0


FUNCTION = "functions: {send: {runtime: python3.13, inline: 'def handler(event, context): pass'%s}}\n"


def test_a_connection_to_something_new_deploys_in_one_go(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The consumer's stack needs an output that does not exist yet: it is predicted, and must come true."""
    (folder / "spec.yaml").write_text(SPEC + FUNCTION % "")
    assert run("deploy", *LOCAL, "--yes") == 0
    (folder / "spec.yaml").write_text(SPEC + FUNCTION % ", connections: {work: send}")
    capsys.readouterr()
    assert run("deploy", *LOCAL, "--yes") == 4
    assert "SendRole (exposure)" in said(capsys)
    assert run("deploy", *LOCAL, "--yes", "--approve", "SendRole") == 0
    assert run("plan", *LOCAL, "--exit-code") == 0


def test_a_value_that_an_earlier_stack_will_change_is_foreseen(folder: Path) -> None:
    """A third zone lengthens the network's lists of subnets, which the data stack takes as parameters."""
    body = HEAD + "network: {availability_zones: %d}\ndatabases: {orders: {}}\nfilesystems: {shared: {}}\n"
    (folder / "spec.yaml").write_text(body % 2)
    assert run("deploy", *LOCAL, "--yes") == 0
    (folder / "spec.yaml").write_text(body % 3)
    assert run("deploy", *LOCAL, "--yes") == 0
    assert run("plan", *LOCAL, "--exit-code") == 0


def test_without_a_terminal_nobody_is_asked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("deploy", *LOCAL) == 4
    assert "add --yes" in said(capsys)
    assert run("status", *LOCAL) == 0
    assert "not deployed" in said(capsys)


def test_the_demo_does_what_it_says() -> None:
    done = subprocess.run(
        [sys.executable, "demo/run.py"], cwd=ROOT, capture_output=True, check=False, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "in the stream " in done.stdout
    assert "done in" in done.stdout
