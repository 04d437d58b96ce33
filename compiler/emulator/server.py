"""Starts and stops the embedded emulator, an AWS endpoint on loopback that needs no account."""

import contextlib
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

HOST = "127.0.0.1"
ACCOUNT = "123456789012"
PYTHON_VARIABLE = "FORMWORK_EMULATOR_PYTHON"
FAULTS_VARIABLE = "FORMWORK_FAULTS"

_LAUNCHER = Path(__file__).with_name("launcher.py")
_VENV_PYTHON = Path(".venv-emulator") / "bin" / "python"
_POLL_SECONDS = 0.02
_STOP_SECONDS = 8.0
_LOG_LINES = 15


class EmulatorError(Exception):
    """The emulator cannot be started; the message says what to do."""


@dataclass(frozen=True)
class Emulator:
    """A running emulator."""

    endpoint_url: str
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        """The id of the launcher, which leads its own process group."""
        return self.process.pid

    def stop(self) -> None:
        """Ask it to end, which writes its state down, then end its whole process group; harmless twice."""
        if self.process.returncode is None:
            _end_group(self.process)
        if self.process.stdin:
            self.process.stdin.close()


def find_python() -> Path:
    """The emulator's Python: $FORMWORK_EMULATOR_PYTHON, or .venv-emulator beside the package or here."""
    if named := os.environ.get(PYTHON_VARIABLE):
        return Path(named)
    roots = (Path(__file__).resolve().parents[2], Path.cwd())
    for python in (root / _VENV_PYTHON for root in roots):
        if python.exists():
            return python
    raise EmulatorError(f"the emulator is not installed: run 'make setup', or set {PYTHON_VARIABLE}")


def credentials(account: str = ACCOUNT) -> dict[str, str]:
    """Client arguments for `account`: a 12-digit access key id is its own account, empty at first."""
    return {"aws_access_key_id": account, "aws_secret_access_key": "test"}


@contextlib.contextmanager
def running(
    python: Path,
    state: Path | None = None,
    port: int | None = None,
    faults: Path | None = None,
    timeout: float = 20,
) -> Iterator[Emulator]:
    """An emulator for the length of a `with` block, gone with all its processes afterwards.

    With `state`, a folder, a second run finds what the first deployed: stacks, their resources, bucket
    contents, secrets and function code, on the same port if that is free, because endpoints and queue
    addresses name it. State is written when the emulator ends in good order, which also happens when this
    process is killed; it is lost if the emulator itself is killed. Warm function processes, and anything
    a function kept in memory or on disk, do not survive. One run at a time may use a state folder.

    Deleting a stack takes a bucket's contents along, versions too; AWS fails with "The bucket you tried to
    delete is not empty". A bucket deleted by an S3 call must be empty here as well.

    `faults`, or the file $FORMWORK_FAULTS names, is a JSON list of `{"type" or "logical_id": ...,
    "operation": "create" | "update" | "delete", "fail": reason}` or `{..., "delay": seconds}`, read at every
    resource operation; `"after": n` lets the first n through: so an update passes and its rollback fails.
    """
    if not python.exists():
        raise EmulatorError(f"no emulator at {python}: run 'make setup', or set {PYTHON_VARIABLE}")
    with contextlib.ExitStack() as cleanup:
        work = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="formwork-emulator-")))
        home = state or work
        held = cleanup.enter_context(_held(home))
        port = port or _port(home)
        log = cleanup.enter_context((work / "emulator.log").open("a+b"))
        environment = _environment(work, home, port, persist=state is not None, faults=faults)
        process = _launch(python, environment, log, held)
        emulator = Emulator(f"http://{HOST}:{port}", process)
        cleanup.callback(emulator.stop)
        _await_health(process, port, log, timeout)
        yield emulator


@contextlib.contextmanager
def _held(home: Path) -> Iterator[int]:
    """A lock on the state folder. The launcher inherits it, so it lasts until the state is written."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            told = f"another run is using the emulator state in {home}: wait for it, or use another folder"
            raise EmulatorError(told) from error
        yield lock.fileno()


def _port(home: Path) -> int:
    """The port the state folder was served on last, if it is free, else a free one, noted there."""
    note = home / "port"
    wanted = note.read_text(encoding="ascii") if note.exists() else ""
    port = _free_port(int(wanted)) if wanted.isdigit() else None
    port = port or _free_port(0) or 0
    note.write_text(str(port), encoding="ascii")
    return port


def _free_port(port: int) -> int | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return None
        return int(probe.getsockname()[1])


def _environment(work: Path, home: Path, port: int, persist: bool, faults: Path | None) -> dict[str, str]:
    # Deployed functions run as local processes with this environment: nothing of the user's goes in, least
    # of all credentials.
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(work),
        "TMPDIR": str(work),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "STATE_DIR": str(home / "services"),
        "S3_DATA_DIR": str(home / "s3"),
        "PERSIST_STATE": "1" if persist else "0",
        "S3_PERSIST": "1" if persist else "0",
        "DOCKER_HOST": "unix:///nonexistent",
        # Listeners on further ports that nothing here needs.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
    named = str(faults) if faults else os.environ.get(FAULTS_VARIABLE)
    return environment | ({FAULTS_VARIABLE: named} if named else {})


def _launch(python: Path, environment: dict[str, str], log: IO[bytes], held: int) -> subprocess.Popen[bytes]:
    try:
        # The launcher ends when its end of this pipe closes, even if this process is killed outright.
        return subprocess.Popen(
            [str(python), str(_LAUNCHER)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(held,),
        )
    except OSError as error:
        raise EmulatorError(f"cannot run {python}: {error.strerror}; run 'make setup'") from error


def _await_health(process: subprocess.Popen[bytes], port: int, log: IO[bytes], timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise EmulatorError(f"the emulator ended with exit code {process.returncode}:\n{_tail(log)}")
        if _healthy(port):
            return
        time.sleep(_POLL_SECONDS)
    raise EmulatorError(f"the emulator did not answer within {timeout:g} s:\n{_tail(log)}")


def _healthy(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=0.5)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _tail(log: IO[bytes]) -> str:
    log.seek(0)
    return "\n".join(log.read().decode("utf-8", "replace").splitlines()[-_LOG_LINES:])


def _end_group(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # also what functions may have left running
    process.wait()
