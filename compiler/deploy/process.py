"""Which process this is, so that another one on the same machine can tell whether it is still there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from compiler.assembly import sha256

_START_FIELD = 19  # of /proc/PID/stat, counted after the name. Source: proc_pid_stat(5), field 22


@dataclass(frozen=True)
class Process:
    """A process; `machine` is empty where nobody can tell, and says nothing of the machine's name."""

    machine: str
    pid: int
    started: str


def this() -> Process:
    """This process."""
    return Process(_machine(), os.getpid(), _started(os.getpid()))


def is_over(other: Process) -> bool:
    """Whether a process has certainly ended; False for one of another machine or container."""
    if not other.machine or other.machine != _machine():
        return False
    now = _started(other.pid)
    return now != other.started and (bool(now) or not _is_there(other.pid))


def _machine() -> str:
    """This start of this machine, and which of its containers; empty where /proc does not say.

    With its name: machines that were started from one snapshot share the rest.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8")
        return sha256(f"{os.uname().nodename}{boot}{os.readlink('/proc/self/ns/pid')}".encode())[:16]
    except OSError:
        return ""


def _is_there(pid: int) -> bool:
    """Whether there is a process of this id that still runs, perhaps one that /proc hides, or nobody can say.

    Source: proc(5), `hidepid`: the processes of other users seem not to be there.
    """
    if Path(f"/proc/{pid}/stat").exists():
        return False  # what is left of one, which `_started` has told
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _started(pid: int) -> str:
    """When it started, in ticks of the machine; empty when there is none, or only what is left of one."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in ("Z", "X") else fields[_START_FIELD]
