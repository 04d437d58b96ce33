"""Files + a connection -> the database at their version: one migrator at a time, file after file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from pg8000.exceptions import DatabaseError, InterfaceError

from . import history, users
from .errors import MigrationError
from .files import Migration
from .statements import Statement

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
_ADVICE = {
    "25001": "begin the file with the line '-- formwork: no-transaction'",
    "57014": "it ran into the 15 minutes that a migrator has; split it into several files",
    "42501": "let a role that may do so own it, or grant it to the master user",
}
_CORRECT = "correct the file and run again; nothing of it was kept, and the files before it stay applied"
_HALF = (
    "what was done before it stays done; see to that, then run `formwork migrate` with `--again {version}`"
)
# A file may leave its session changed; the next one must not notice.
_RESET = ("RESET SESSION AUTHORIZATION", "RESET ROLE", "RESET ALL")


@dataclass(frozen=True)
class Orders:
    """What to do, and for whom."""

    users: Mapping[str, str]  # name -> read or write
    by: str
    again: Sequence[int] = ()  # versions that were begun and did not end, to be run again
    lock_seconds: float = LOCK_SECONDS
    remaining: Callable[[], float] = field(default=lambda: 900.0)  # seconds until the migrator is stopped


def status(connection: Any, files: Sequence[Migration], wanted: Mapping[str, str]) -> dict[str, Any]:
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
            settled = _in_transaction(connection, lambda: users.settle(connection, orders.users))
            pending = {entry.version for entry in found if entry.state == "pending"}
            for migration in (each for each in files if each.version in pending):
                _apply(connection, migration, orders)
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
        _in_transaction(connection, create)


def _forgive(connection: Any, versions: Sequence[int]) -> None:
    for version in versions:
        if not history.forget(connection, version):
            raise MigrationError(
                f"version {version} was not left half-way, so it cannot be run again",
                "leave out `--again`; `formwork migrate --status` shows what is where",
            )


def _in_transaction(connection: Any, work: Callable[[], Any]) -> Any:
    connection.run("BEGIN")
    try:
        done = work()
        connection.run("COMMIT")
        return done
    except DatabaseError as error:
        connection.run("ROLLBACK")
        raise _explained(error, "", 0, "the user of the migrator must own the database") from error
    except MigrationError:
        connection.run("ROLLBACK")
        raise


def _apply(connection: Any, migration: Migration, orders: Orders) -> None:
    # Ended by PostgreSQL, a statement is rolled back and told of; ended by Lambda, nobody says why.
    limit = max(int((orders.remaining() - 20) * 1000), 1000)
    connection.run(f"SET statement_timeout = {limit}")
    try:
        if migration.transactional:
            _apply_whole(connection, migration, orders.by)
        else:
            _apply_in_steps(connection, migration, orders.by)
    except (InterfaceError, OSError) as error:
        advice = "run again: what had been begun in a transaction is undone"
        raise MigrationError(f"the connection broke: {error}", advice, file=migration.file) from error


def _apply_whole(connection: Any, migration: Migration, by: str) -> None:
    start = time.monotonic()
    connection.run("BEGIN")
    try:
        for statement in migration.statements:
            _execute(connection, migration, statement)
        _reset(connection)
        history.begin(connection, migration, by)
        history.end(connection, migration, _milliseconds(start))
        connection.run("COMMIT")  # here, deferred constraints may still fail
    except DatabaseError as error:
        connection.run("ROLLBACK")
        raise _explained(error, migration.file, 0, _CORRECT) from error
    except MigrationError:
        connection.run("ROLLBACK")
        raise


def _apply_in_steps(connection: Any, migration: Migration, by: str) -> None:
    start, done = time.monotonic(), 0
    history.begin(connection, migration, by)
    try:
        for statement in migration.statements:
            _execute(connection, migration, statement)
            done += 1
    except MigrationError as error:
        _reset(connection)
        if not done and not _leaves_something(migration.statements[0]):
            history.forget(connection, migration.version)  # nothing has happened
        else:
            error.advice = _HALF.format(version=migration.version)
        raise
    _reset(connection)
    history.end(connection, migration, _milliseconds(start))


def _leaves_something(statement: Statement) -> bool:
    """Whether it leaves something behind even when it fails: an index that is not valid, a partition."""
    return " concurrently" in f" {statement.text.lower()}"


def _reset(connection: Any) -> None:
    for statement in _RESET:
        connection.run(statement)


def _execute(connection: Any, migration: Migration, statement: Statement) -> None:
    try:
        connection.run(statement.text)
    except DatabaseError as error:
        line = statement.line_of(_position(error))
        raise _explained(error, migration.file, line, _CORRECT) from error


def _position(error: DatabaseError) -> int:
    position = _fields(error).get("P", "")
    return int(position) if position.isdigit() else 0


def _explained(error: DatabaseError, file: str, line: int, advice: str) -> MigrationError:
    fields = _fields(error)
    state = fields.get("C", "")
    more = "; ".join(fields[key] for key in ("D", "H") if key in fields)
    message = fields.get("M", str(error)) + (f" ({more})" if more else "")
    return MigrationError(message, _ADVICE.get(state, advice), file=file, line=line, sqlstate=state)


def _fields(error: DatabaseError) -> dict[str, str]:
    """The fields of PostgreSQL's answer, by their letters. Source: PostgreSQL documentation, 54.8."""
    found = error.args[0] if error.args else {}
    return found if isinstance(found, dict) else {}


def _milliseconds(start: float) -> int:
    return round((time.monotonic() - start) * 1000)
