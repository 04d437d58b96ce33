"""Files + a connection -> the database at their version: one migrator at a time, file after file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from pg8000.exceptions import DatabaseError, InterfaceError

from . import history, users
from .apply import apply, in_transaction
from .errors import MigrationError
from .files import Migration

# Any number will do that nobody else takes: the first eight bytes of SHA-256 of "formwork migrations".
LOCK = 4109199283955193727
LOCK_SECONDS = 60.0
_POLL_SECONDS = 0.25
_HOLDER = """
SELECT a.pid, a.application_name, date_trunc('second', clock_timestamp() - a.backend_start)
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND (l.classid::bigint << 32 | l.objid::bigint) = :key
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@dataclass(frozen=True)
class Orders:
    """What to do, and for whom."""

    users: Mapping[str, users.User]
    by: str
    again: Sequence[int] = ()  # versions that were begun and did not end, to be run again
    lock_seconds: float = LOCK_SECONDS
    remaining: Callable[[], float] = field(default=lambda: 900.0)  # seconds until the migrator is stopped


def status(connection: Any, files: Sequence[Migration], wanted: Mapping[str, users.User]) -> dict[str, Any]:
    """What is applied and what is pending; changes nothing."""
    found = history.entries(files, history.rows(connection))
    error = next(history.obstacles(found), None)
    return _report(found, users.differences(connection, wanted), (), error)


def migrate(connection: Any, files: Sequence[Migration], orders: Orders) -> dict[str, Any]:
    """Applies what is pending and settles the users; the report says how far that went."""
    applied: list[str] = []
    settled: dict[str, list[str]] = {}
    error: MigrationError | None = None
    try:
        with _locked(connection, orders.lock_seconds):
            _install(connection)
            _forgive(connection, orders.again)
            found = history.entries(files, history.rows(connection))
            for obstacle in history.obstacles(found):
                raise obstacle
            settled = in_transaction(connection, lambda: users.settle(connection, orders.users))
            pending = {entry.version for entry in found if entry.state == "pending"}
            for migration in (each for each in files if each.version in pending):
                apply(connection, migration, orders.by, orders.remaining())
                applied.append(migration.file)
            found = history.entries(files, history.rows(connection))
    except MigrationError as failure:
        error = failure
        found = history.entries(files, _rows_if_possible(connection))
    return _report(found, settled, applied, error)


def _report(
    found: Sequence[history.Entry],
    settled: Mapping[str, list[str]],
    applied: Sequence[str],
    error: MigrationError | None,
) -> dict[str, Any]:
    return {
        "ok": error is None,
        "files": [entry.data() for entry in found],
        "applied": list(applied),
        "users": dict(settled),
        "error": error.data() if error else None,
    }


def _rows_if_possible(connection: Any) -> list[history.Row]:
    try:
        return history.rows(connection)
    except (DatabaseError, InterfaceError, OSError):
        return []  # the connection is what broke


@contextmanager
def _locked(connection: Any, seconds: float) -> Iterator[None]:
    """One migrator at a time. Polled, for who waits inside of PostgreSQL holds a snapshot, and with that
    would make CREATE INDEX CONCURRENTLY of the other one wait for ever."""
    deadline = time.monotonic() + seconds
    while not connection.run(f"SELECT pg_try_advisory_lock({LOCK})")[0][0]:
        if time.monotonic() > deadline:
            raise MigrationError(
                f"another migration is under way{_holder(connection)}",
                "wait until it has ended and run again",
            )
        time.sleep(_POLL_SECONDS)
    try:
        yield
    finally:
        with suppress(DatabaseError, InterfaceError, OSError):  # with the connection, the lock goes too
            connection.run(f"SELECT pg_advisory_unlock({LOCK})")


def _holder(connection: Any) -> str:
    found = connection.run(_HOLDER, key=LOCK)
    return f" (process {found[0][0]} of the database, {found[0][1]}, since {found[0][2]})" if found else ""


def _install(connection: Any) -> None:
    def create() -> None:
        for statement in (*history.CREATE, users.CREATE):
            connection.run(statement)
        users.make_groups(connection)

    if not history.exists(connection):
        in_transaction(connection, create)


def _forgive(connection: Any, versions: Sequence[int]) -> None:
    for version in versions:
        if not history.forget(connection, version):
            raise MigrationError(
                f"version {version} was not left half-way, so it cannot be run again",
                "leave out `--again`; `formwork migrate --status` shows what is where",
            )
