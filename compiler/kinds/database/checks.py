"""What can be wrong with a database that the schema does not see."""

from __future__ import annotations

from collections.abc import Iterable

from compiler import names, windows
from compiler.kind import Problem
from compiler.kinds.database import passwords
from compiler.kinds.database.engine import RESERVED, max_connections
from compiler.kinds.database.reader_scaling import reader_problems
from compiler.kinds.database.spec import Database, DatabaseCapacity, database_name
from compiler.model import Component, Connection, Platform
from compiler.protection import is_replicated

# Minutes. Source: RDS API reference, "CreateDBCluster", 2026.
SHORTEST_WINDOW = 30
# Roles that are there already, and words that name none.
# Source: PostgreSQL documentation, "CREATE ROLE" and "Lexical Structure", 2026.
TAKEN = frozenset({passwords.MASTER, "public", "none", "formwork_read", "formwork_write"})
LONGEST_NAME = 63


def check(component: Component, platform: Platform) -> Iterable[Problem]:
    """Capacity, windows and the name, where they contradict each other or what AWS takes."""
    spec = component.spec
    assert isinstance(spec, Database)
    yield from _check_capacity(spec.capacity)
    yield from _check_windows(spec)
    if is_replicated(component, platform) and not spec.capacity.min:
        message = (
            "a database that pauses cannot be in a second region too; write 'min: 0.5' or more, or name "
            "the database in `excluded` of `disaster_recovery`"
        )
        yield Problem(("capacity", "min"), "E210", message)
    if spec.reader_scaling:
        most = max_connections(spec.capacity.min, spec.capacity.max)
        yield from reader_problems(spec.reader_scaling, spec.readers, most)
    if (name := database_name(component)) in RESERVED:
        message = f"PostgreSQL keeps the word '{name}' for itself; write 'name: {name}_data' or the like"
        yield Problem(("name",), "E210", message)
    yield from passwords.check(component, platform)
    if spec.proxy:
        yield from _check_proxy(spec, component, platform)
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


def _check_capacity(capacity: DatabaseCapacity) -> Iterable[Problem]:
    if capacity.min > capacity.max:
        message = f"'min: {capacity.min:g}' is more than 'max: {capacity.max:g}'"
        yield Problem(("capacity", "min"), "E210", message)
    if capacity.pause_after and capacity.min > 0:
        message = f"a database pauses only with 'min: 0', not {capacity.min:g}; remove 'pause_after'"
        yield Problem(("capacity", "pause_after"), "E210", message)


def _check_windows(spec: Database) -> Iterable[Problem]:
    written = {("backup", "window"): spec.backup.window, ("maintenance_window",): spec.maintenance_window}
    for path, window in written.items():
        if (minutes := windows.length(window)) < SHORTEST_WINDOW:
            message = f"a window of {minutes} minutes is too short; RDS wants {SHORTEST_WINDOW} or more"
            yield Problem(path, "E106", message)
    if windows.overlap(spec.backup.window, spec.maintenance_window):
        message = f"meets the backup window {spec.backup.window}; move one of the two"
        yield Problem(("maintenance_window",), "E210", f"{spec.maintenance_window} {message}")


def _check_proxy(spec: Database, component: Component, platform: Platform) -> Iterable[Problem]:
    """Source: Aurora user guide, "Scaling to Zero ACUs with automatic pause and resume": not with a proxy."""
    if spec.capacity.min == 0:
        message = (
            "a database with a proxy cannot pause; write `capacity: {min: 0.5}` or more, or `proxy: false`"
        )
        yield Problem(("proxy",), "E210", message)
    for use in passwords.users(component, platform):
        message = (
            f"'{use.consumer}' logs in by password, and the proxy lets in by IAM only; write `login: iam` "
            "there, or `proxy: false`"
        )
        yield Problem(("proxy",), "E210", message)
