"""What can be wrong with a database that the schema does not see."""

from __future__ import annotations

from collections.abc import Iterable

from compiler import names
from compiler.kind import Problem
from compiler.kinds.database import passwords
from compiler.kinds.database.engine import RESERVED, max_connections
from compiler.kinds.database.reader_scaling import reader_problems
from compiler.kinds.database.spec import Database, database_name
from compiler.model import Component, Connection, Platform

# Roles that are there already, and words that name none.
# Source: PostgreSQL documentation, "CREATE ROLE" and "Lexical Structure", 2026.
TAKEN = frozenset({passwords.MASTER, "public", "none", "formwork_read", "formwork_write"})
LONGEST_NAME = 63


def check(component: Component, platform: Platform) -> Iterable[Problem]:
    """Readers, names and logins, where they contradict each other or what AWS takes."""
    spec = component.spec
    assert isinstance(spec, Database)
    if spec.reader_scaling:
        most = max_connections(spec.capacity.min, spec.capacity.max)
        yield from reader_problems(spec.reader_scaling, spec.readers, most)
    if (name := database_name(component)) in RESERVED:
        message = f"PostgreSQL keeps the word '{name}' for itself; write 'name: {name}_data' or the like"
        yield Problem(("name",), "E210", message)
    yield from passwords.check(component, platform)
    if spec.proxy:
        yield from _check_proxy(component, platform)
    if spec.migrations:
        by_password = passwords.users(component, platform)
        for connection in platform.users_of(component.name):
            if connection not in by_password:
                yield from _check_user(connection)


def _check_user(connection: Connection) -> Iterable[Problem]:
    user = names.snake(connection.consumer)
    if user in TAKEN or user.startswith(passwords.TAKEN) or len(user) > LONGEST_NAME:
        message = (
            f"'{connection.consumer}' would log in as the user '{user}', which PostgreSQL or RDS does not "
            "take; rename the component"
        )
        yield Problem(("migrations",), "E210", message)


def _check_proxy(component: Component, platform: Platform) -> Iterable[Problem]:
    for use in passwords.users(component, platform):
        message = (
            f"'{use.consumer}' logs in by password, and the proxy lets in by IAM only; write `login: iam` "
            "there, or `proxy: false`"
        )
        yield Problem(("proxy",), "E210", message)
