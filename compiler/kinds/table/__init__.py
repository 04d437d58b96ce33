"""DynamoDB tables."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.alarm import Alarm
from compiler.kind import Backup, Kind, Problem, Verb
from compiler.kinds.table import checks, watching
from compiler.kinds.table.spec import Table, TableConsumeOptions, TableUse
from compiler.model import Component, Platform


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    assert isinstance(component.spec, Table)
    return checks.check(component.spec, component.name, platform)


def _check_adopted(component: Component, platform: Platform) -> Iterable[Problem]:
    assert isinstance(component.spec, Table)
    return checks.check_adopted(component.spec, component.name, platform)


def _alarms(component: Component, platform: Platform) -> Iterable[Alarm]:
    assert isinstance(component.spec, Table)
    return watching.alarms(component.spec)


def _verb(summary: str) -> Verb:
    return Verb(summary, environment={"TABLE": "name"}, options=TableUse, calls=("dynamodb",))


KIND = Kind(
    name="table",
    section="tables",
    spec=Table,
    layer="data",
    summary="DynamoDB tables, by name.",
    verbs={
        "read": _verb("get and query items, by the indexes too"),
        "write": _verb("put, change and delete items, and read them"),
        "consume": Verb(
            "be called with batches of the table's changes, in their order for each key",
            options=TableConsumeOptions,
            starts="stream",
            only_starts=True,
        ),
    },
    check=_check,
    check_adopted=_check_adopted,
    # Cold storage and copies are features that AWS Backup calls advanced, on in accounts since 2021-11.
    backup=Backup(cold=True),
    lost="only global tables have replicas, and no table can become one; have a backup plan copy it",
    alarms=_alarms,
    availability=lambda component, platform: ("dynamodb",),
)
