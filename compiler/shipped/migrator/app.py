"""The function: `{"action": "status" | "migrate", ...}` -> a report; what is wrong is in the report too."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from pg8000.exceptions import DatabaseError, InterfaceError

from . import run, users
from .connect import connect, reason
from .errors import MigrationError
from .files import Migration, read

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The report of one action. `files` says what the caller has: version, file and checksum of each."""
    try:
        files = _files(event)
        connection = connect(
            os.environ["DATABASE_HOST"],
            int(os.environ["DATABASE_PORT"]),
            os.environ["DATABASE_NAME"],
            _credentials,
        )
        try:
            return _act(event, context, connection, files)
        finally:
            connection.close()
    except MigrationError as error:
        return _failed(error)
    except (DatabaseError, InterfaceError, OSError) as error:
        return _failed(MigrationError(f"the database broke off: {reason(error)}", "run again"))


def _failed(error: MigrationError) -> dict[str, Any]:
    return {"ok": False, "files": [], "applied": [], "users": {}, "error": error.data()}


def _act(
    event: Mapping[str, Any], context: Any, connection: Any, files: tuple[Migration, ...]
) -> dict[str, Any]:
    wanted = users.parsed(event["users"])
    if event["action"] == "status":
        return run.status(connection, files, wanted)
    return run.migrate(
        connection,
        files,
        run.Orders(
            users=wanted,
            by=str(event.get("by", "unknown")),
            again=tuple(event.get("again", ())),
            remaining=lambda: float(context.get_remaining_time_in_millis()) / 1000,
        ),
    )


def _files(event: Mapping[str, Any]) -> tuple[Migration, ...]:
    """The caller's to compare with, the package's to run; to run, both must be the same."""
    asked = tuple(Migration(each["version"], each["file"], each["checksum"]) for each in event["files"])
    if event["action"] == "status":
        return asked
    packed, faults = read({path.name: path.read_bytes() for path in FOLDER.iterdir()})
    if faults:
        raise MigrationError(str(faults[0]), "build and deploy again")
    if [each[:3] for each in packed] != [each[:3] for each in asked]:
        raise MigrationError(
            "the deployed migrator holds other files than the spec's folder",
            "run `formwork deploy`, which brings it up to date and runs it",
        )
    return packed


def _credentials() -> Mapping[str, str]:
    answer = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SECRET_ARN"])
    found: Mapping[str, str] = json.loads(answer["SecretString"])
    return found
