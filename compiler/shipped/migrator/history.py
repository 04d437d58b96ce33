"""The version table: what ran, when and by whom; and what that means for the files at hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from .errors import MigrationError
from .files import Migration

# A schema of its own: resets that drop `public` leave it alone, and users of the platform cannot get at it.
SCHEMA = "formwork"
TABLE = f"{SCHEMA}.migrations"
CREATE = (
    f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}",
    f"""CREATE TABLE {TABLE} (
        version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_by text NOT NULL,
        begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        applied_at timestamptz, duration_ms bigint)""",
)
_COLUMNS = "version, name, checksum, applied_by, begun_at, applied_at, duration_ms"
_RESTORE = "history is never edited: restore the file as it was, and put the change into a new one"
_ADVICE = {
    "edited": ("was edited after it had been applied", _RESTORE),
    "missing": (
        "was applied, but is no longer in the folder",
        "restore the file: what has run stays in the folder",
    ),
    "out-of-order": ("comes before what was applied already", "give it the number after the last one"),
    "begun": (
        "was begun outside of a transaction and did not end",
        "see what it left behind, make the file safe to run again (IF NOT EXISTS, DROP INDEX IF EXISTS "
        "before it) if it is not, then run `formwork migrate` with `--again {version}`",
    ),
}


class Row(NamedTuple):
    """One line of the version table; without `applied_at`, a file that was begun and did not end."""

    version: int
    name: str
    checksum: str
    applied_by: str
    begun_at: Any
    applied_at: Any
    duration_ms: int | None


class Entry(NamedTuple):
    """One version, as file and history together have it."""

    version: int
    file: str
    state: str  # applied, pending, or what stands in the way: a key of _ADVICE
    row: Row | None = None

    def data(self) -> dict[str, Any]:
        """The entry as JSON has it."""
        row = self.row
        return {
            "version": self.version,
            "file": self.file,
            "state": self.state,
            "applied_at": row.applied_at.isoformat() if row and row.applied_at else None,
            "applied_by": row.applied_by if row else None,
            "duration_ms": row.duration_ms if row else None,
        }


def exists(connection: Any) -> bool:
    """Whether the database has a version table."""
    return connection.run(f"SELECT to_regclass('{TABLE}')")[0][0] is not None


def rows(connection: Any) -> list[Row]:
    """All of the table, by version; nothing where there is none yet."""
    if not exists(connection):
        return []
    return [Row(*found) for found in connection.run(f"SELECT {_COLUMNS} FROM {TABLE} ORDER BY version")]


def entries(files: Iterable[Migration], history: Iterable[Row]) -> list[Entry]:
    """Every version that is in the folder or in the table, in order."""
    ran = {row.version: row for row in history}
    known = {migration.version: migration for migration in files}
    last = max(ran, default=0)
    return [
        Entry(version, *_state(known.get(version), ran.get(version), last)) for version in sorted(ran | known)
    ]


def _state(migration: Migration | None, row: Row | None, last: int) -> tuple[str, str, Row | None]:
    if migration is None:
        assert row
        return row.name, "missing", row
    if row is None:
        return migration.file, "out-of-order" if migration.version < last else "pending", None
    if row.applied_at is None:
        return migration.file, "begun", row
    return migration.file, "applied" if row.checksum == migration.checksum else "edited", row


def obstacles(found: Iterable[Entry]) -> Iterator[MigrationError]:
    """What stands in the way of running anything, in order."""
    for entry in found:
        if entry.state in _ADVICE:
            what, advice = _ADVICE[entry.state]
            when = f" ({_when(entry.row)})" if entry.row else ""
            yield MigrationError(f"it {what}{when}", advice.format(version=entry.version), file=entry.file)


def _when(row: Row) -> str:
    return f"{row.applied_at or row.begun_at:%Y-%m-%d %H:%M:%S %Z}, by {row.applied_by}"


def begin(connection: Any, migration: Migration, by: str) -> None:
    """Notes that a file begins; committed before it does, this is the first step of the two."""
    connection.run(
        f"INSERT INTO {TABLE} (version, name, checksum, applied_by) VALUES (:version, :name, :checksum, :by)",
        version=migration.version,
        name=migration.file,
        checksum=migration.checksum,
        by=by,
    )


def end(connection: Any, migration: Migration, milliseconds: int) -> None:
    """Notes that a file has been applied."""
    connection.run(
        f"UPDATE {TABLE} SET applied_at = clock_timestamp(), duration_ms = :took WHERE version = :version",
        took=milliseconds,
        version=migration.version,
    )


def forget(connection: Any, version: int) -> bool:
    """Takes the note back of a file that was begun and did not end; False when there is none."""
    sql = f"DELETE FROM {TABLE} WHERE version = :version AND applied_at IS NULL RETURNING version"
    return bool(connection.run(sql, version=version))
