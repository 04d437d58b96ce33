"""The folder that keeps an emulator's state: one run at a time uses it, always on the same port."""

from __future__ import annotations

import contextlib
import fcntl
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from compiler.emulator.errors import EmulatorError

HOST = "127.0.0.1"


@contextlib.contextmanager
def held(home: Path) -> Iterator[int]:
    """A lock on the folder. The launcher inherits it, so it lasts until the state is written."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = (home / "lock").open("w")
    except OSError as error:
        raise cannot_keep(home, error) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            told = f"another run is using the emulator state in {home}: wait for it, or use another folder"
            raise EmulatorError(told) from error
        except OSError as error:
            raise cannot_keep(home, error) from error
        yield lock.fileno()


@contextlib.contextmanager
def port_of(home: Path) -> Iterator[int]:
    """The port the folder was served on last, if nobody has it, else a free one; ours meanwhile."""
    note = home / "port"
    with contextlib.ExitStack() as cleanup:
        try:
            wanted = note.read_text(encoding="ascii", errors="replace") if note.exists() else ""
            known = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else 0
            port = _claimed(known, cleanup) or _claimed(0, cleanup) or _claimed(0, cleanup) or 0
            note.write_text(str(port), encoding="ascii")
        except OSError as error:
            raise cannot_keep(home, error) from error
        yield port


def _claimed(port: int, cleanup: contextlib.ExitStack) -> int | None:
    """The port, if it is free and no other run of ours is about to listen there: both could, at once."""
    found = _free(port)
    if found is None or sys.platform != "linux":
        return found
    # An abstract socket is a claim that leaves no file behind and ends with the process.
    claim = cleanup.enter_context(socket.socket(socket.AF_UNIX))
    try:
        claim.bind(f"\0formwork-emulator-{found}")
    except OSError:
        return None
    return found


def cannot_keep(home: Path, error: OSError) -> EmulatorError:
    """Why no state can be kept there."""
    named = f" ({error.filename})" if error.filename else ""
    why = f"{(error.strerror or str(error)).lower()}{named}"
    return EmulatorError(
        f"cannot keep the emulator's state in {home}: {why}; run where files may be written, "
        f"and move away what is in the way"
    )


def _free(port: int) -> int | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            return None
        return int(probe.getsockname()[1])
