"""Ctrl-C and SIGTERM at any moment: no traceback, and a local deployment that can be gone on with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.specs import HEAD

SPEC = HEAD + "streams: {clicks: {}}\nqueues: {work: {}}\n"
LOCAL = ("spec.yaml", "--env", "dev", "--local")
# As the script that pip installs; a shell's background job, as tests may run in, ignores Ctrl-C.
PROGRAM = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from compiler.cli import main; print('ready', flush=True); sys.exit(main())"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "spec.yaml").write_text(SPEC)
    return tmp_path


def started(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=folder,
        env={**os.environ, "FORMWORK_FAULTS": str(folder / "faults.json")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended(folder: Path, *arguments: str) -> tuple[int, str]:
    done = started(folder, *arguments)
    out, err = done.communicate(timeout=60)
    return done.returncode, out + err


def interrupted(folder: Path, sign: str, number: signal.Signals, *arguments: str) -> tuple[int, str]:
    """The exit code and what was written to standard error by a command that is stopped at a sign."""
    with started(folder, *arguments) as process:
        assert process.stdout is not None
        assert any(sign in line for line in process.stdout), "the sign was never given"
        os.killpg(process.pid, number)
        return process.wait(30), process.communicate()[1]


def fault(folder: Path, *faults: dict[str, object]) -> None:
    (folder / "faults.json").write_text(json.dumps(faults))


@pytest.mark.parametrize(
    ("number", "code", "said"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_an_interrupted_creation_is_deployed_anew(
    folder: Path, number: signal.Signals, code: int, said: str
) -> None:
    fault(folder, {"type": "AWS::SQS::Queue", "operation": "create", "delay": 60})
    first = interrupted(folder, "CREATE_IN_PROGRESS Work", number, "deploy", *LOCAL, "--yes")
    assert first == (code, f"formwork: {said}\n")
    fault(folder)
    assert "ROLLBACK_COMPLETE" in ended(folder, "status", *LOCAL)[1]
    again = ended(folder, "deploy", *LOCAL, "--yes")
    assert again[0] == 0, again
    assert ended(folder, "destroy", *LOCAL, "--yes")[0] == 0


def test_an_interrupted_update_and_destruction_are_gone_on_with(folder: Path) -> None:
    assert ended(folder, "deploy", *LOCAL, "--yes")[0] == 0
    (folder / "spec.yaml").write_text(SPEC.replace("clicks: {}", "clicks: {retention: 48h}"))
    fault(folder, {"type": "AWS::Kinesis::Stream", "operation": "update", "delay": 60})
    sign = "UPDATE_IN_PROGRESS ClicksStream"
    assert interrupted(folder, sign, signal.SIGINT, "deploy", *LOCAL, "--yes")[0] == 130
    fault(folder)
    assert ended(folder, "plan", *LOCAL, "--exit-code")[0] == 5
    assert ended(folder, "deploy", *LOCAL, "--yes")[0] == 0
    assert ended(folder, "plan", *LOCAL, "--exit-code")[0] == 0

    fault(folder, {"type": "AWS::Kinesis::Stream", "operation": "delete", "delay": 60})
    sign = "DELETE_IN_PROGRESS ClicksStream"
    assert interrupted(folder, sign, signal.SIGINT, "destroy", *LOCAL, "--yes")[0] == 130
    fault(folder)
    assert "DELETE_FAILED" in ended(folder, "status", *LOCAL)[1]
    assert ended(folder, "destroy", *LOCAL, "--yes")[0] == 0


def test_what_ends_soon_is_waited_for(folder: Path) -> None:
    fault(folder, {"type": "AWS::SQS::Queue", "operation": "create", "delay": 0.5})
    sign = "CREATE_IN_PROGRESS Work"
    assert interrupted(folder, sign, signal.SIGINT, "deploy", *LOCAL, "--yes")[0] == 130
    fault(folder)
    assert "shop-dev-data: CREATE_COMPLETE" in ended(folder, "status", *LOCAL)[1]


@pytest.mark.parametrize("arguments", [("build", "spec.yaml"), ("status", *LOCAL)])
@pytest.mark.parametrize("seconds", [0, 0.05, 0.2, 0.5, 1])
def test_ctrl_c_leaves_no_traceback(folder: Path, arguments: tuple[str, ...], seconds: float) -> None:
    with started(folder, *arguments) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert "Traceback" not in out + err
    assert process.returncode in (0, 130)
