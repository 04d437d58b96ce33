"""The users that components log in as: made, given what their verb promises, and shut out when they go.

Two groups hold the privileges, and a user is a member of one. Objects that exist get their grants once, when
the groups come; default privileges do the rest, so what a migration takes from a group stays taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .errors import MigrationError
from .history import SCHEMA

GROUPS = {"read": "formwork_read", "write": "formwork_write"}
TABLE = f"{SCHEMA}.users"
CREATE = f"CREATE TABLE {TABLE} (name text PRIMARY KEY, access text NOT NULL, login text NOT NULL)"
# A rotation function gives these logins their passwords; they act as the role that they are named after.
LOGINS = ("__1", "__2")
# The rotation of a role's passwords holds it too, so that not both make the role at the same moment.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"
# On RDS, whoever has this role logs in with a token that IAM gives.
IAM_ROLE = "rds_iam"

_PRIVILEGES = {
    "read": {"TABLES": "SELECT", "SEQUENCES": "SELECT", "SCHEMAS": "USAGE"},
    "write": {"TABLES": "SELECT, INSERT, UPDATE, DELETE", "SEQUENCES": "SELECT, USAGE", "SCHEMAS": "USAGE"},
}
# What an extension or another role owns is not ours to give.
_EXISTING = f"""
SELECT CASE WHEN c.relkind = 'S' THEN 'SEQUENCES' ELSE 'TABLES' END, format('%I.%I', n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname !~ '^pg_' AND pg_has_role(c.relowner, 'USAGE')
  AND n.nspname NOT IN ('information_schema', '{SCHEMA}')
UNION ALL
SELECT 'SCHEMAS', format('%I', nspname) FROM pg_namespace
WHERE nspname !~ '^pg_' AND pg_has_role(nspowner, 'USAGE')
  AND nspname NOT IN ('information_schema', '{SCHEMA}')
"""
_KINDS = {"TABLES": "TABLE", "SEQUENCES": "SEQUENCE", "SCHEMAS": "SCHEMA"}


class User(NamedTuple):
    """Who a component is in the database."""

    access: str  # read or write; empty for one that was shut out
    login: str = "iam"  # or password: then it is a role without login, which two logins with passwords act as


def parsed(data: Mapping[str, Mapping[str, str]]) -> dict[str, User]:
    """The users as the caller describes them."""
    return {name: User(found["access"], found["login"]) for name, found in data.items()}


def make_groups(connection: Any) -> None:
    """Makes both groups with their privileges, on what is there and on what is to come."""
    for access, group in GROUPS.items():
        if not _role(connection, group):
            connection.run(f"CREATE ROLE {group} NOLOGIN")
        for what, privileges in _PRIVILEGES[access].items():
            connection.run(f"ALTER DEFAULT PRIVILEGES GRANT {privileges} ON {what} TO {group}")
    for what, name in connection.run(_EXISTING):
        for access, group in GROUPS.items():
            connection.run(f"GRANT {_PRIVILEGES[access][what]} ON {_KINDS[what]} {name} TO {group}")


def differences(connection: Any, wanted: Mapping[str, User]) -> dict[str, list[str]]:
    """What `settle` would do, by name: users to make, to change, and to shut out."""
    known = _known(connection)
    return {
        "made": sorted(wanted.keys() - known.keys()),
        "changed": sorted(
            name for name in wanted.keys() & known.keys() if not _is(connection, name, wanted, known)
        ),
        "shut_out": sorted(name for name in known.keys() - wanted.keys() if known[name].access),
    }


def settle(connection: Any, wanted: Mapping[str, User]) -> dict[str, list[str]]:
    """Makes the users as wanted; returns what was done, as `differences` does.

    Who is no longer wanted is shut out, not dropped: what it owns would go with it.
    """
    found, known = differences(connection, wanted), _known(connection)
    for name in (*found["made"], *found["changed"]):
        _make(connection, name, wanted[name])
    for name in found["shut_out"]:
        _shut_out(connection, name, known[name].login)
    return found


def _make(connection: Any, name: str, user: User) -> None:
    connection.run(_LOCK, name=f"rotation {name}")
    role = _role(connection, name)
    if role and role["administrator"]:
        raise MigrationError(
            f"the user '{name}' is there already and administers the database; no component may log in as it",
            "rename the component, or the user",
        )
    by_token = user.login == "iam"
    connection.run(
        f"{'ALTER' if role else 'CREATE'} ROLE {quoted(name)} {'LOGIN' if by_token else 'NOLOGIN'}"
    )
    for verb, group in GROUPS.items():
        if verb == user.access:
            connection.run(f"GRANT {group} TO {quoted(name)}")
        elif role:
            connection.run(f"REVOKE {group} FROM {quoted(name)}")
    if _role(connection, IAM_ROLE) and by_token:
        connection.run(f"GRANT {IAM_ROLE} TO {quoted(name)}")
    elif _role(connection, IAM_ROLE) and role:
        # Whoever is a member, if only through this role, is let in by a token and never by a password.
        connection.run(f"REVOKE {IAM_ROLE} FROM {quoted(name)}")
    _note(connection, name, user)


def _shut_out(connection: Any, name: str, login: str) -> None:
    for found in (name, *(f"{name}{end}" for end in LOGINS if login == "password")):
        if _role(connection, found):
            connection.run(f"ALTER ROLE {quoted(found)} NOLOGIN")
    if _role(connection, name):
        for group in GROUPS.values():
            connection.run(f"REVOKE {group} FROM {quoted(name)}")
    _note(connection, name, User("", login))


def _note(connection: Any, name: str, user: User) -> None:
    connection.run(
        f"INSERT INTO {TABLE} VALUES (:name, :access, :login) "
        "ON CONFLICT (name) DO UPDATE SET access = excluded.access, login = excluded.login",
        name=name,
        access=user.access,
        login=user.login,
    )


def _is(connection: Any, name: str, wanted: Mapping[str, User], known: Mapping[str, User]) -> bool:
    role = _role(connection, name)
    opens = role is not None and role["login"] == (wanted[name].login == "iam")
    return opens and wanted[name] == known[name]


def _known(connection: Any) -> dict[str, User]:
    if not _exists(connection):
        return {}
    return {row[0]: User(*row[1:]) for row in connection.run(f"SELECT name, access, login FROM {TABLE}")}


def _role(connection: Any, name: str) -> dict[str, bool] | None:
    found = connection.run(
        "SELECT rolcanlogin, rolsuper OR rolcreaterole OR oid = current_user::regrole FROM pg_roles "
        "WHERE rolname = :name",
        name=name,
    )
    return {"login": found[0][0], "administrator": found[0][1]} if found else None


def _exists(connection: Any) -> bool:
    return connection.run(f"SELECT to_regclass('{TABLE}')")[0][0] is not None


def quoted(name: str) -> str:
    """A name as SQL takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'
