"""A folder of SQL files -> the migrations in it, in order, and all that is wrong with them.

The compiler reads with this what the function then runs: both agree on every name and checksum.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from .statements import Statement, split

NAME = re.compile(r"V([0-9]{3,9})__[a-z0-9]+(_[a-z0-9]+)*\.sql")
DIRECTIVE = "-- formwork:"
NO_TRANSACTION = f"{DIRECTIVE} no-transaction"


class Migration(NamedTuple):
    """One file."""

    version: int
    file: str
    checksum: str  # SHA-256 in hex, of the text with plain line ends
    statements: tuple[Statement, ...] = ()
    transactional: bool = True


class Fault(NamedTuple):
    """What is wrong with a file; `line` is 0 when it is about the whole file."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


def read(files: Mapping[str, bytes]) -> tuple[tuple[Migration, ...], tuple[Fault, ...]]:
    """The migrations by version, and what is wrong with the folder; with faults, nothing may be run."""
    faults: list[Fault] = []
    found: list[Migration] = []
    for name in sorted(files):
        if not NAME.fullmatch(name):
            message = "a migration is called V001__words_in_lower_case.sql; rename it, or move it elsewhere"
            faults.append(Fault(name, 0, message))
            continue
        try:
            found.append(_migration(name, files[name].decode("utf-8-sig")))
        except UnicodeDecodeError as error:
            faults.append(Fault(name, 0, f"byte {error.start} is not UTF-8; save it as UTF-8"))
    found.sort(key=lambda migration: (migration.version, migration.file))
    return tuple(found), (*faults, *_faults_of_order(found), *_faults_inside(found, files))


def _migration(name: str, text: str) -> Migration:
    # Git may check a file out with other line ends than it was applied with.
    plain = text.replace("\r\n", "\n")
    match = NAME.fullmatch(name)
    assert match
    checksum = hashlib.sha256(plain.encode()).hexdigest()
    transactional = plain.split("\n", 1)[0].rstrip() != NO_TRANSACTION
    return Migration(int(match[1]), name, checksum, tuple(split(plain)), transactional)


def _faults_of_order(found: list[Migration]) -> Iterator[Fault]:
    expected = 1
    for migration in found:
        if migration.version == expected - 1 and expected > 1:
            message = f"version {migration.version} is taken by another file; give it the next free number"
            yield Fault(migration.file, 0, message)
            continue
        if migration.version != expected:
            missing = f"version {expected} is missing before it; versions count 1, 2, 3 without gaps"
            yield Fault(migration.file, 0, missing)
        expected = migration.version + 1


def _faults_inside(found: Iterable[Migration], files: Mapping[str, bytes]) -> Iterator[Fault]:
    for migration in found:
        text = files[migration.file].decode("utf-8-sig")
        if not migration.statements:
            yield Fault(migration.file, 0, "it holds no statement; write one, or delete the file")
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            yield Fault(migration.file, line, "no SQL holds a NUL character; remove it")
        for statement in migration.statements:
            if statement.controls_transaction:
                what = statement.words.split(" ")[0].upper()
                message = f"{what} is not for a migration: each file is one transaction of its own; remove it"
                yield Fault(migration.file, statement.line, message)
            if statement.wants_input:
                message = "COPY FROM STDIN has no input here; write INSERT instead"
                yield Fault(migration.file, statement.line, message)
        yield from _directives(migration.file, text)


def _directives(file: str, text: str) -> Iterator[Fault]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith(DIRECTIVE):
            continue
        if line.rstrip() != NO_TRANSACTION:
            yield Fault(file, number, f"'{line.strip()}' is not known; the only one is '{NO_TRANSACTION}'")
        elif number > 1:
            yield Fault(file, number, f"'{NO_TRANSACTION}' must be the first line")
