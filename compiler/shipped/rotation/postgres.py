"""Connections to PostgreSQL: with TLS that is verified, and with time limits."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

from pg8000.native import Connection

# A paused database needs about 15 seconds to wake up, sometimes 30.
# Source: Aurora user guide, "Scaling to Zero ACUs", 2026.
TIMEOUT = 45


@contextmanager
def connected(where: Mapping[str, Any], user: str, password: str) -> Iterator[Connection]:
    """A connection to the database that a secret describes by `host`, `port` and `dbname`.

    Raises pg8000's DatabaseError when the server refuses, and InterfaceError when it has no TLS.
    """
    connection = Connection(
        user,
        host=where["host"],
        port=int(where["port"]),
        database=where["dbname"],
        password=password,
        timeout=TIMEOUT,
        application_name="formwork-rotation",
        ssl_context=tls(where["host"]),
    )
    try:
        yield connection
    finally:
        connection.close()


def tls(host: str) -> ssl.SSLContext | None:
    """What the server's certificate must stand up to; on loopback, what the server has is good enough.

    RDS signs with roots of its own, which no system knows; they are shipped in `rds_roots.pem`. Those of the
    system count as well, for regions that are younger than the file.
    """
    if _is_loopback(host):
        return None
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=files(__package__).joinpath("rds_roots.pem").read_text("ascii"))
    # From Python 3.13 on the default asks for extensions that private authorities leave out. The chain, the
    # dates and the host name are checked without it too.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
