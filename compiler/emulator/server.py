"""Starts and stops the embedded emulator, an AWS endpoint on loopback that needs no account."""

import contextlib
import http.client
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from compiler.emulator.errors import EmulatorError
from compiler.emulator.home import HOST, held, port_of

__all__ = ["ACCOUNT", "HOST", "Emulator", "EmulatorError", "credentials", "find_python", "running"]

ACCOUNT = "123456789012"
PYTHON_VARIABLE = "FORMWORK_EMULATOR_PYTHON"
FAULTS_VARIABLE = "FORMWORK_FAULTS"

_LAUNCHER = Path(__file__).with_name("launcher.py")
_VENV_PYTHON = Path(".venv-emulator") / "bin" / "python"
_POLL_SECONDS = 0.02
_STOP_SECONDS = 12.0  # longer than the launcher waits for operations, and then writes its state
_LOG_LINES = 15
_LOG_BYTES = 64 * 1024
_DAMAGED = 4  # the launcher's exit code for a state that it cannot read
_NO_DATABASE = 5  # and for one with a database that it cannot start


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
    roots = (Path(__file__).resolve().parents[2], Path())
    for python in (root / _VENV_PYTHON for root in roots):
        if _exists(python):
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
    contents, secrets, databases and function code, on the same port if that is free, because endpoints and
    queue addresses name it. State is written when the emulator ends in good order, which also happens when
    this process is killed; it is lost if the emulator itself is killed. Warm function processes, and anything
    a function kept in memory or on disk, do not survive. One run at a time may use a state folder.

    Deleting a stack takes a bucket's contents along, versions too; AWS fails with "The bucket you tried to
    delete is not empty". A bucket deleted by an S3 call must be empty here as well.

    `faults`, or the file $FORMWORK_FAULTS names, is a JSON list of `{"type" or "logical_id": ...,
    "operation": "create" | "update" | "delete", "fail": reason}` or `{..., "delay": seconds}`, read at every
    resource operation; `"after": n` lets the first n through: so an update passes and its rollback fails.
    """
    if not _exists(python):
        raise EmulatorError(f"no emulator at {python}: run 'make setup', or set {PYTHON_VARIABLE}")
    with contextlib.ExitStack() as cleanup:
        work = cleanup.enter_context(_workplace())
        home = state or work
        lock = cleanup.enter_context(held(home))
        port = port or cleanup.enter_context(port_of(home))
        log = cleanup.enter_context((work / "emulator.log").open("a+b"))
        environment = _environment(work, home, port, persist=state is not None, faults=faults)
        process = _launch(python, environment, log, lock)
        emulator = Emulator(f"http://{HOST}:{port}", process)
        cleanup.callback(emulator.stop)
        _await_health(process, port, timeout, lambda: _why_it_ended(process, python, home, log))
        yield emulator


@contextlib.contextmanager
def _workplace() -> Iterator[Path]:
    """A folder for what one run needs and nobody afterwards."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="formwork-emulator-", ignore_cleanup_errors=True)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise EmulatorError(f"cannot make a temporary folder: {why}; free or set TMPDIR") from error
    with folder as name:
        yield Path(name)


def _exists(python: Path) -> bool:
    try:
        return python.exists()
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        told = f"cannot look for {python}: {why}; mend its owner and mode, or set {PYTHON_VARIABLE}"
        raise EmulatorError(told) from error


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


def _launch(python: Path, environment: dict[str, str], log: IO[bytes], lock: int) -> subprocess.Popen[bytes]:
    try:
        # The launcher ends when its end of this pipe closes, even if this process is killed outright.
        return subprocess.Popen(
            [str(python), str(_LAUNCHER)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(lock,),
        )
    except OSError as error:
        raise EmulatorError(f"cannot run {python}: {error.strerror}; run 'make setup'") from error


def _await_health(
    process: subprocess.Popen[bytes], port: int, timeout: float, why: Callable[[], str]
) -> None:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise EmulatorError(why())
        if _healthy(port):
            return
        time.sleep(_POLL_SECONDS)
    raise EmulatorError(f"the emulator did not answer within {timeout:g} s: {why()}")


def _why_it_ended(process: subprocess.Popen[bytes], python: Path, home: Path, log: IO[bytes]) -> str:
    if process.returncode == _DAMAGED:
        what = "the emulator's saved state cannot be read: to start anew, delete"
        return f"{what} {home}, and with it all that was deployed there\n{_tail(log, 1)}"
    if process.returncode == _NO_DATABASE:
        return f"a database that was deployed in {home} cannot be started: {_tail(log, 1)}"
    advice = f"if {python} is not the emulator's Python, run 'make setup' or unset {PYTHON_VARIABLE}"
    ended = "" if process.returncode is None else f"the emulator ended with exit code {process.returncode}; "
    return f"{ended}{advice}\n{_tail(log)}".rstrip()


def _healthy(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=0.5)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _tail(log: IO[bytes], lines: int = _LOG_LINES) -> str:
    log.seek(0, os.SEEK_END)
    log.seek(max(0, log.tell() - _LOG_BYTES))
    return "\n".join(log.read().decode("utf-8", "replace").splitlines()[-lines:])


def _end_group(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # also what functions may have left running
    process.wait()
