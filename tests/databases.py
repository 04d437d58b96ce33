"""A real PostgreSQL server for tests, one for each process of pytest, and an empty database for each test."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pg8000.native import Connection

from compiler.emulator import postgres
from compiler.emulator.postgres import HOST, Server

MASTER = "postgres"
Connect = Callable[..., Connection]
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server; gone with all its data afterwards."""
    started = postgres.start(tmp_path_factory.mktemp("postgres") / "data", MASTER)
    yield started
    started.stop()


@pytest.fixture
def database(server: Server) -> str:
    """The name of a new database."""
    name = f"test_{next(_numbers)}"
    server.create_database(name)
    return name


@pytest.fixture
def connect(server: Server, database: str) -> Iterator[Connect]:
    """Opens connections to the new database, as the master or as another; closes them at the end."""
    opened: list[Connection] = []

    def connected(user: str = MASTER, **options: Any) -> Connection:
        made = Connection(user, host=HOST, port=server.port, database=database, **options)
        opened.append(made)
        return made

    yield connected
    for connection in opened:
        connection.close()
