"""One file -> the database, as a whole or step by step, together with the note that it ran."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from pg8000.exceptions import DatabaseError, InterfaceError

from . import history
from .errors import MigrationError
from .files import Migration
from .statements import Statement

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


def apply(connection: Any, migration: Migration, by: str, remaining: float) -> None:
    """Applies one file; MigrationError when it fails. In `remaining` seconds the migrator is stopped."""
    # Ended by PostgreSQL, a statement is rolled back and told of; ended by Lambda, nobody says why.
    limit = max(int((remaining - 20) * 1000), 1000)
    connection.run(f"SET statement_timeout = {limit}")
    try:
        if migration.transactional:
            _apply_whole(connection, migration, by)
        else:
            _apply_in_steps(connection, migration, by)
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


def in_transaction(connection: Any, work: Callable[[], Any]) -> Any:
    """What the work returns, done as a whole or not at all."""
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
