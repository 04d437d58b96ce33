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


def cannot_start(said: str, python: Path, state: Path | None = None) -> None:
    with pytest.raises(EmulatorError, match=said), running(python, state=state):
        pass


def test_another_program_is_not_the_emulators_python() -> None:
    cannot_start(r"exit code 0; if /bin/true is not .*'make setup' or unset FORM", Path("/bin/true"))


def test_a_file_in_the_way_of_the_state_is_said(tmp_path: Path) -> None:
    (tmp_path / ".formwork").write_text("x")
    cannot_start(
        r"cannot keep .*\.formwork/local: .*move away", find_python(), state=tmp_path / ".formwork" / "local"
    )
    for name in ("lock", "port"):
        (tmp_path / name / name).mkdir(parents=True)
        cannot_start(
            rf"cannot keep .*is a directory \(.*{name}\); run where", find_python(), state=tmp_path / name
        )


def test_what_may_not_be_looked_at_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.delenv(server.PYTHON_VARIABLE, raising=False)
    monkeypatch.setattr(Path, "exists", refuse)
    with pytest.raises(EmulatorError, match=r"cannot look for .*permission denied; mend its owner"):
        find_python()


def test_a_read_only_place_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    cannot_start(
        r"read-only file system .*; run where files may be written", find_python(), state=tmp_path / "state"
    )
    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    cannot_start(r"cannot make a temporary folder: read-only .*TMPDIR", find_python())


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"__ministack_format__": 99, "payload": {}}'])
def test_a_damaged_state_is_never_taken_for_an_empty_one(tmp_path: Path, content: str) -> None:
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "cloudformation.json").write_text(content)
    cannot_start(rf"cannot be read: to start anew, delete {tmp_path}, and", find_python(), state=tmp_path)


def test_a_server_that_does_not_come_up_shows_its_log(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho broken >&2\nexit 7\n", encoding="utf-8")
    python.chmod(0o755)
    with pytest.raises(EmulatorError, match=r"(?s)exit code 7.*broken"), running(python):
        pass
