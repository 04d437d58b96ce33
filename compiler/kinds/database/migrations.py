"""Database with a folder of migrations -> the function that applies them, and the word to run it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import GetAtt, Ref, rds

from compiler import names
from compiler.assembly import DatabaseUser, MigrationFile
from compiler.blocks import lambdas, reach
from compiler.diagnostics import Diagnostic, SpecError
from compiler.kinds.database.beside import beside
from compiler.kinds.database.master import master_secret_arn, read_master
from compiler.kinds.database.spec import Database, database_name
from compiler.model import Component, Platform
from compiler.scope import Attribute, Scope
from compiler.shipped import POSTGRESQL, rds_roots
from compiler.shipped.migrator import files as sql

PART = "Migrator"
ROOTS = {"migrator/rds_roots.pem": rds_roots()}
FUNCTION = "migrator"  # the attribute that names the function
# The most that Lambda gives. Source: Lambda developer guide, "Lambda quotas", 2026.
TIMEOUT = 900  # seconds


def attributes(component: Component) -> Mapping[str, Attribute]:
    """The function's name and its security group."""
    title = names.logical_id(component.name, f"{PART}Function")
    return {
        FUNCTION: Attribute(Ref(title), shown=True),
        "migrator_security_group_id": reach.security_group_attribute(component, PART),
    }


def users(component: Component, platform: Platform) -> dict[str, DatabaseUser]:
    """Who the components that use the database are in it, by name."""
    return {
        names.snake(use.consumer): DatabaseUser(use.verb, use.options.get("login", "iam"))
        for use in platform.users_of(component.name)
    }


def add_migrator(spec: Database, scope: Scope, cluster: rds.DBCluster) -> None:
    """Adds the function with its role, log group and path to the database, and has the deployer run it.

    No concurrency is reserved: the lock in the database lets one run at a time, and an account with the ten
    executions that a new one has could not reserve any.
    """
    assert spec.migrations is not None
    content = scope.read(spec.migrations, path=("migrations",))
    migrations = _checked(spec.migrations, content, scope)
    secret = master_secret_arn(scope.component, scope.platform)
    place, doors = beside(scope, PART, "migrator")
    wanted = lambdas.Shipped(
        "migrator",
        PART,
        f"Applies the migrations of {scope.component.name}",
        TIMEOUT,
        statements=read_master(scope, secret),
        environment=_variables(scope, cluster, secret),
        libraries=POSTGRESQL,
        files={f"migrations/{name}": text for name, text in content.items()} | ROOTS,
        network={"DependsOn": doors, "VpcConfig": place},
    )
    lambdas.add_shipped(wanted, scope, path=("migrations",))
    files = tuple(MigrationFile(each.version, each.file, each.checksum) for each in migrations)
    scope.migrate(FUNCTION, files, users(scope.component, scope.platform))


def _checked(folder: str, content: Mapping[str, bytes], scope: Scope) -> tuple[sql.Migration, ...]:
    found, faults = sql.read(content)
    if faults:
        position = scope.platform.position((*scope.component.path, "migrations"))
        raise SpecError([Diagnostic(position, "E214", f"{folder}/{fault}") for fault in faults])
    return found


def _variables(scope: Scope, cluster: rds.DBCluster, secret_arn: Any) -> dict[str, Any]:
    assert isinstance(scope.component.spec, Database)
    return {
        "DATABASE_HOST": GetAtt(cluster, "Endpoint.Address"),
        "DATABASE_PORT": GetAtt(cluster, "Endpoint.Port"),
        "DATABASE_NAME": database_name(scope.component),
        "SECRET_ARN": secret_arn,
    }
