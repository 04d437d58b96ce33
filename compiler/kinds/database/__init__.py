"""Aurora PostgreSQL databases that scale with their load."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.alarm import Alarm
from compiler.blocks import rotation
from compiler.kind import Backup, Kind, Verb
from compiler.kinds.database import passwords
from compiler.kinds.database.checks import check
from compiler.kinds.database.spec import Database
from compiler.kinds.database.watching import alarms
from compiler.model import Component, Platform


def _alarms(component: Component, platform: Platform) -> Iterable[Alarm]:
    spec = component.spec
    assert isinstance(spec, Database)
    yield from alarms(least=spec.capacity.min, most=spec.capacity.max, readers=spec.readers)
    if passwords.users(component, platform):
        yield rotation.failed()


# A user of the database is called as the consumer is; it logs in with a token that IAM gives it.
READ = {"HOST": "reader_endpoint"}
WRITE = {"HOST": "endpoint", "READER_HOST": "reader_endpoint"}
WHO = {"PORT": "port", "NAME": "name", "USER": "consumer:snake", "AUTH": "=iam"}


def _promises(component: Component, platform: Platform) -> Iterable[str]:
    """Readers are in other zones than the writer, as far as there are any; those that scaling adds may go."""
    spec = component.spec
    assert isinstance(spec, Database)
    if component.adopted:
        return ("existing",)
    cluster = "aurora_multi_zone" if spec.readers else "aurora_single_zone"
    return ("rds_proxy", cluster) if spec.proxy else (cluster,)


KIND = Kind(
    name="database",
    section="databases",
    spec=Database,
    layer="data",
    summary="Aurora PostgreSQL databases, by name.",
    verbs={
        "read": Verb(
            "log in on the readers, or on the writer when there are none",
            environment={**READ, **WHO},
            network=True,
            options=passwords.DatabaseAccess,
            variants={("login", "password"): passwords.by_password(READ)},
        ),
        "write": Verb(
            "log in on the writer, and on the readers too",
            environment={**WRITE, **WHO},
            network=True,
            options=passwords.DatabaseAccess,
            variants={("login", "password"): passwords.by_password(WRITE)},
        ),
    },
    needs=lambda spec: ("network",),
    # The migrator reads the master secret.
    calls=lambda spec: ("secretsmanager",) if spec.migrations else (),
    check=check,
    check_adopted=passwords.check_adopted,
    backup=Backup(continuous=True),
    alarms=_alarms,
    availability=_promises,
)
