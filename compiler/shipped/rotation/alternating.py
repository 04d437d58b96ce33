"""Two logins for one database role, used in turn: while one gets a new password, the other still opens.

A role without login, named after the consumer, holds the privileges. Its two logins, `<role>__1` and
`<role>__2`, act as that role from the first statement on, so what they make belongs to it.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pg8000.native import Connection, identifier, literal

from . import scram
from .postgres import connected
from .steps import RotationError, Version

OTHER = {"1": "2", "2": "1"}
# Letters and digits, so that a password fits into any URL; 40 of them are 238 bits.
PASSWORD_LENGTH = 40
# How long a rotation waits for another one of the same database role.
LOCK_TIMEOUT = "20s"
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"
LOGS_IN_BY_IAM = """
    SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
    WHERE r.rolname = 'rds_iam' AND u.rolname = :name
"""

log = logging.getLogger("rotation")


class AlternatingUsers:
    """Passwords of PostgreSQL logins, which the master user sets."""

    def __init__(self, client: Any, master_secret: str) -> None:
        self.client, self.master_secret = client, master_secret
        self._master: Connection | None = None

    def make(self, current: str) -> str:
        """The current value with the other login and a new password."""
        value = _parsed(current)
        role, number = _parts(value["username"])
        drawn = self.client.get_random_password(PasswordLength=PASSWORD_LENGTH, ExcludePunctuation=True)
        changed = {"username": f"{role}__{OTHER[number]}", "password": drawn["RandomPassword"]}
        return json.dumps(value | changed)

    def set(self, version: Version) -> None:
        """Gives the pending login its password; makes what does not exist yet, the current login too."""
        current, pending = _parsed(version.current()), self._pending(version)
        if pending["username"] == current["username"]:
            version.give_up()
            raise RotationError("another rotation has made this login the current one; start a new rotation")
        assert self._master is not None  # `alone` has seen to it
        role, _ = _parts(pending["username"])
        _ensure_role(self._master, role)
        if not _exists(self._master, current["username"]):
            _set_login(self._master, role, current)
        _set_login(self._master, role, pending)

    def test(self, version: Version) -> None:
        """Logs in as the pending login, and sees that it acts as its role."""
        pending = self._pending(version)
        role, _ = _parts(pending["username"])
        with connected(pending, pending["username"], pending["password"]) as connection:
            ((found,),) = connection.run("SELECT current_user")
        if found != role:
            raise RotationError(f"{pending['username']} acts as '{found}', not as '{role}'")

    @contextmanager
    def alone(self, version: Version) -> Iterator[None]:
        """A transaction of the master user, with a lock of the database that only one rotation can have."""
        where = _parsed(version.current())
        role, _ = _parts(where["username"])
        with connected(where, **self._master_login()) as connection:
            connection.run("BEGIN")
            connection.run(f"SET LOCAL lock_timeout = {literal(LOCK_TIMEOUT)}")
            connection.run(LOCK, name=f"rotation {role}")
            self._master = connection
            try:
                yield
                connection.run("COMMIT")
            finally:
                self._master = None

    def _master_login(self) -> dict[str, str]:
        found = _json(self.client.get_secret_value(SecretId=self.master_secret)["SecretString"])
        return {"user": found["username"], "password": found["password"]}

    def _pending(self, version: Version) -> Mapping[str, Any]:
        value = version.pending()
        if value is None:
            raise RotationError(f"version {version.token} has no value; createSecret comes first")
        return _parsed(value)


def _parsed(value: str) -> dict[str, Any]:
    found = _json(value)
    lacking = sorted({"host", "port", "dbname", "username", "password"} - set(found))
    if lacking:
        raise RotationError(f"the secret lacks {', '.join(lacking)}; is it attached to its database?")
    return found


def _json(value: str) -> dict[str, Any]:
    try:
        found = json.loads(value)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        # Without the parser's own words, which may quote the value.
        raise RotationError("the secret holds no JSON object") from None
    return found


def _parts(username: str) -> tuple[str, str]:
    """`report__1` -> the role and the number of the login."""
    found = re.fullmatch("(.+)__([12])", username)
    if not found:
        raise RotationError(f"'{username}' is no login of a pair; their names end with __1 and __2")
    return found[1], found[2]


def _exists(master: Connection, name: str) -> bool:
    return bool(master.run("SELECT FROM pg_roles WHERE rolname = :name", name=name))


def _ensure_role(master: Connection, role: str) -> None:
    """The role that holds the privileges. As a member of rds_iam it would keep its logins from passwords."""
    if not _exists(master, role):
        master.run(f"CREATE ROLE {identifier(role)} NOLOGIN")
    elif master.run(LOGS_IN_BY_IAM, name=role):
        master.run(f"REVOKE rds_iam FROM {identifier(role)}")
        log.info("setSecret: '%s' no longer logs in by IAM", role)


def _set_login(master: Connection, role: str, wanted: Mapping[str, Any]) -> None:
    login, name = identifier(wanted["username"]), identifier(role)
    password = literal(scram.verifier(wanted["password"], secrets.token_bytes(scram.SALT_BYTES)))
    verb = "ALTER" if _exists(master, wanted["username"]) else "CREATE"
    master.run(f"{verb} ROLE {login} LOGIN PASSWORD {password}")
    master.run(f"GRANT {name} TO {login}")
    master.run(f"ALTER ROLE {login} SET role TO {literal(role)}")
