"""The emulator's server: what it keeps, what it leaves, how it ends, what it says when it cannot start."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from compiler.emulator import server
from compiler.emulator.server import EmulatorError, find_python, running
from tests.test_emulator import BASE, Account, platform, posted, records, template

_ROOT = Path(server.__file__).resolve().parents[2]
_LAUNCHER = Path(server.__file__).with_name("launcher.py")
_OWNER = "222222222222"


def test_state_survives_a_restart_on_the_same_port(tmp_path: Path) -> None:
    python = find_python()
    with running(python, state=tmp_path) as emulator:
        first = emulator.endpoint_url
        outputs = Account(emulator, _OWNER).deploy(platform())
        Account(emulator, _OWNER).deploy(template(BASE["Target"]), stack="scaling")
    with running(python, state=tmp_path) as emulator:
        account = Account(emulator, _OWNER)
        assert emulator.endpoint_url == first
        assert account.outputs() == outputs
        assert posted(emulator, outputs["Api"], "again") == 202
        assert records(account, outputs["Stream"]) == [b"again"]
        account.delete()
        account.delete("scaling")
        with pytest.raises(EmulatorError, match="another run is using"), running(python, state=tmp_path):
            pass


def test_nothing_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with running(find_python()) as emulator:
        assert [path.name[:17] for path in tmp_path.iterdir()] == ["formwork-emulator"]
        emulator.stop()
        emulator.stop()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.killpg(emulator.pid, 0)


def test_the_server_dies_with_a_killed_parent_but_keeps_its_state(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys\n"
        "from compiler.emulator.server import find_python, running\n"
        "with running(find_python(), state=pathlib.Path(sys.argv[1])) as emulator:\n"
        "    print(emulator.pid, flush=True)\n"
        "    input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "state")],
        cwd=_ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        watch = os.pidfd_open(pid)
        parent.send_signal(signal.SIGKILL)
    assert _ended_within(watch, 8000), "the emulator outlived its parent"
    assert (tmp_path / "state" / "services" / "cloudformation.json").exists()


def _ended_within(watch: int, milliseconds: int) -> bool:
    poll = select.poll()
    poll.register(watch, select.POLLIN)
    ended = bool(poll.poll(milliseconds))
    os.close(watch)
    return ended


def test_missing_private_names_end_with_a_sentence_and_code_3(tmp_path: Path) -> None:
    engine = tmp_path / "ministack" / "services" / "cloudformation"
    engine.mkdir(parents=True)
    for path in (engine, *engine.parents[:2]):
        (path / "__init__.py").write_text("", encoding="utf-8")
    for name in ("provisioners", "stacks", "drift"):
        (engine / f"{name}.py").write_text("", encoding="utf-8")
    ended = subprocess.run(
        [str(find_python()), str(_LAUNCHER)],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ended.returncode == 3
    assert ended.stderr.startswith("this emulator launcher needs ministack")
    for name in ("_RESOURCE_HANDLERS", "handlers._ACTION_HANDLERS", "changesets._stack_tags_changed"):
        assert name in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_missing_python_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EmulatorError, match="run 'make setup'"), running(tmp_path / "python"):
        pass
    monkeypatch.setenv(server.PYTHON_VARIABLE, str(tmp_path / "other"))
    assert find_python() == tmp_path / "other"


def test_a_server_that_does_not_come_up_shows_its_log(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho broken >&2\nexit 7\n", encoding="utf-8")
    python.chmod(0o755)
    with pytest.raises(EmulatorError, match=r"(?s)exit code 7.*broken"), running(python):
        pass
