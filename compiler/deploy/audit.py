"""The record of who did what: a line of a file for each beginning and each end, and an object beside it.

A run that has begun and not ended was killed, or is still at work. Records are only ever added: the file is
opened for appending, and an object is written only where there is none. Nothing in them is secret: no values
of parameters or outputs, and errors only as people are shown them.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from compiler import __version__
from compiler.assembly import Assembly
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError


@dataclass(frozen=True)
class Approved:
    """A change that somebody approved by name; who and why, where an approvals file says so."""

    change: str
    by: str = ""
    reason: str = ""


@dataclass(frozen=True)
class StackOutcome:
    """How the work on one stack, or on the migrations of one database, went."""

    doing: str
    result: str  # CloudFormation's status, or failed
    seconds: float


@dataclass(frozen=True)
class Record:
    """The beginning or the end of one run."""

    time: datetime
    run: str
    phase: Literal["begun", "ended"]
    who: str  # the caller's ARN
    account: str
    region: str
    platform: str
    environment: str
    profile: str
    command: str
    plan: str = ""  # sha256 of the templates and packages, and of the change sets that were shown
    change_sets: tuple[str, ...] = ()  # their ARNs
    approvals: tuple[Approved, ...] = ()
    role_arn: str = ""  # what CloudFormation acts with; empty for the caller's own permissions
    stacks: Mapping[str, StackOutcome] = field(default_factory=dict)
    seconds: float = 0.0
    result: str = ""  # succeeded, failed, refused or interrupted; of an end
    error: str = ""
    tool: str = __version__

    @property
    def key(self) -> str:
        """Where in the bucket it is; sorted by time."""
        time = f"{self.time.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"
        return f"{prefix(self.platform, self.environment)}{time}-{self.run}-{self.phase}.json"

    @property
    def line(self) -> bytes:
        """It as one line of JSON."""
        told = json.dumps(msgspec.to_builtins(self), sort_keys=True, ensure_ascii=False)
        return told.encode(errors="replace") + b"\n"


def prefix(platform: str, environment: str) -> str:
    """What the keys of an environment's records begin with."""
    return f"audit/{platform}/{environment}/"


class Book:
    """Where one run writes its records: the file, and the bucket once there is one."""

    def __init__(self, aws: Aws, path: Path) -> None:
        self.bucket = ""
        self._aws = aws
        self._path = path
        self._waiting: list[Record] = []

    def write(self, record: Record) -> tuple[str, ...]:
        """Add a record, with all that the bucket does not have yet; in words, where it could not be written.

        Two of them say that it is nowhere.
        """
        told = []
        try:
            _append(self._path, record.line)
        except OSError as error:
            told.append(f"the audit record could not be written to {self._path}: {error.strerror or error}")
        self._waiting.append(record)
        if not self.bucket:
            return (*told, "there is no bucket for audit records yet") if told else ()
        try:
            self._send()
        except DeployError as error:
            told.append(f"the audit record could not be put into the bucket: {error.message}")
        return tuple(told)

    def _send(self) -> None:
        while self._waiting:
            first = self._waiting[0]
            # None means that it is there already: the answer to an earlier try was lost.
            self._aws.put_object_if(self.bucket, first.key, first.line, None)
            del self._waiting[0]


def read_file(path: Path, assembly: Assembly) -> tuple[list[Record], int]:
    """The records of an environment in a file, and how many lines are none; OSError when it is unreadable."""
    lines = path.read_bytes().splitlines()
    found = [_record(line) for line in lines if line.strip()]
    mine = (assembly.platform, assembly.environment)
    kept = [each for each in found if each and (each.platform, each.environment) == mine]
    return kept, found.count(None)


def read_bucket(aws: Aws, bucket: str, assembly: Assembly, since: str = "") -> tuple[list[Record], int]:
    """The records of an environment in the bucket, and how many objects are none; `since` begins a time."""
    start = prefix(assembly.platform, assembly.environment)
    keys = [key for key in aws.objects(bucket, start) if key.removeprefix(start) >= since]
    bodies = (aws.get_object(bucket, key) for key in keys)
    found = [_record(body.content) for body in bodies if body]
    return [each for each in found if each], found.count(None)


def merged(*sources: Iterable[Record]) -> list[Record]:
    """Each record once, by time."""
    found = {(each.run, each.phase): each for source in sources for each in source}
    return sorted(found.values(), key=lambda each: (each.time, each.run, each.phase))


def _append(path: Path, line: bytes) -> None:
    """One write to the end of the file, on the disk when this returns: several runs may write at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # A pipe that nobody reads would keep us waiting for ever.
    how = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
    file = os.open(path, how, 0o600)
    try:
        facts = os.fstat(file)
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        # Of what a full disk cut off, only that one record is lost, not this one too.
        torn = facts.st_size > 0 and os.pread(file, 1, facts.st_size - 1) != b"\n"
        whole = b"\n" + line if torn else line
        if os.write(file, whole) != len(whole):
            raise OSError(errno.ENOSPC, "no space is left for all of it")
        os.fsync(file)
    finally:
        os.close(file)


def _record(line: bytes) -> Record | None:
    try:
        return msgspec.json.decode(line, type=Record)
    except msgspec.MsgspecError:
        return None
