"""A real PostgreSQL server for tests: passwords that are checked, a master user like that of RDS. No TLS."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pg8000.native import Connection, identifier, literal

from compiler.emulator import postgres
from compiler.emulator.postgres import HOST

MASTER, MASTER_PASSWORD = "master", "Master0Password"

_HBA = "host all all 127.0.0.1/32 scram-sha-256\n"
SUPERUSER = "postgres"


@dataclass(frozen=True)
class Server:
    """Where the server listens, and how its master user logs in."""

    port: int
    log: Path  # everything the server says, statements that change roles included
    host: str = HOST
    user: str = MASTER
    password: str = MASTER_PASSWORD

    @contextmanager
    def login(
        self, user: str = MASTER, password: str = MASTER_PASSWORD, database: str = "postgres", **more: Any
    ) -> Iterator[Connection]:
        """A connection, as the master unless told otherwise."""
        connection = Connection(
            user, host=self.host, port=self.port, database=database, password=password, timeout=30, **more
        )
        try:
            yield connection
        finally:
            connection.close()

    def new_database(self, name: str) -> None:
        """An empty database of the master's."""
        with self.login() as master:
            master.run(f"CREATE DATABASE {identifier(name)}")


@contextmanager
def server() -> Iterator[Server]:
    """A server that lives as long as the block."""
    with tempfile.TemporaryDirectory(prefix="formwork-postgres-") as folder:
        data = Path(folder) / "data"
        started = postgres.start(data, SUPERUSER)
        try:
            _prepare(data, started.port)
            yield Server(started.port, data / "server.log")
        finally:
            started.stop()


def _prepare(data: Path, port: int) -> None:
    """A master that is no superuser but may make roles, as in RDS; from then on passwords are checked."""
    connection = Connection(SUPERUSER, host=HOST, port=port, database="postgres", timeout=30)
    try:
        connection.run(
            f"CREATE ROLE {identifier(MASTER)} LOGIN CREATEROLE CREATEDB PASSWORD {literal(MASTER_PASSWORD)}"
        )
        connection.run("ALTER SYSTEM SET log_statement = ddl")
        (data / "pg_hba.conf").write_text(_HBA)
        connection.run("SELECT pg_reload_conf()")
    finally:
        connection.close()
