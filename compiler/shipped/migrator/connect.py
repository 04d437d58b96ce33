"""The master secret -> a connection to the database; over TLS with a verified certificate, always."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

from .errors import MigrationError

# RDS signs with roots of its own; they are packed with the function.
ROOTS = "rds_roots.pem"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
# A paused Aurora database takes about 15 seconds to answer, a long-paused one more.
PATIENCE_SECONDS, CONNECT_SECONDS = 60.0, 10.0
_POLL_SECONDS = 1.0
# Not yet up, shutting down, and a password that RDS has just changed. Source: PostgreSQL, appendix A.
_PASSING = ("57P03", "57P01", "28P01")

Credentials = Callable[[], Mapping[str, str]]  # username and password, as they are now


def connect(
    host: str, port: int, database: str, credentials: Credentials, patience: float = PATIENCE_SECONDS
) -> Any:
    """A connection; waits for a database that is about to wake up. MigrationError when there is none."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return _connection(host, port, database, credentials())
        except ssl.SSLError as error:
            raise MigrationError(
                f"the certificate of {host} cannot be verified: {error}",
                "its authority is not among the roots of RDS that Formwork ships; use a newer Formwork",
            ) from None
        except (DatabaseError, InterfaceError, OSError) as error:
            if not _passes(error) or time.monotonic() > deadline:
                raise MigrationError(
                    f"cannot connect to {database} on {host}:{port}: {reason(error)}",
                    "see that the database is available and that its security group admits the migrator",
                ) from None
        time.sleep(_POLL_SECONDS)


def _connection(host: str, port: int, database: str, credentials: Mapping[str, str]) -> Connection:
    # pg8000 has one timeout for connecting and for every statement, and a statement may take minutes.
    stream = socket.create_connection((host, port), CONNECT_SECONDS)
    stream.settimeout(None)
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    try:
        return Connection(
            user=credentials["username"],
            password=credentials["password"],
            host=host,
            database=database,
            sock=stream,
            ssl_context=_tls(host),
            application_name="formwork migrator",
            # So a statement does not go on for long whose migrator is gone. From PostgreSQL 14 on.
            startup_params={"client_connection_check_interval": "5s", "TimeZone": "UTC"},
        )
    except BaseException:
        stream.close()
        raise


def _tls(host: str) -> ssl.SSLContext | None:
    if host in LOOPBACK:
        return None  # the emulator's database: nothing leaves the machine
    context = ssl.create_default_context()  # the system's roots, for regions that are younger than ours
    roots = files(__package__) / ROOTS
    if roots.is_file():
        context.load_verify_locations(cadata=roots.read_text("ascii"))
    # From Python 3.13 on the default asks for extensions that private authorities leave out. The chain, the
    # dates and the host name are checked without it too.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def _passes(error: Exception) -> bool:
    if isinstance(error, DatabaseError):
        return bool(error.args) and isinstance(error.args[0], dict) and error.args[0].get("C") in _PASSING
    return isinstance(error, OSError)


def reason(error: Exception) -> str:
    """What PostgreSQL or the network says, in its own words."""
    found = error.args[0] if error.args else error
    return str(found.get("M", "")) if isinstance(found, dict) else str(error)
