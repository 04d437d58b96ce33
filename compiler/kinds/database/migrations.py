"""Database with a folder of migrations -> the function that applies them, and the word to run it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from awacs import kms, secretsmanager
from awacs.aws import Statement
from troposphere import GetAtt, Ref, awslambda, rds

from compiler import names
from compiler.assembly import DatabaseUser, MigrationFile
from compiler.blocks import iam, lambdas, reach
from compiler.diagnostics import Diagnostic, SpecError
from compiler.kinds.database.engine import PORT
from compiler.kinds.database.master import master_secret_arn
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
    wanted = lambdas.Shipped(
        "migrator",
        PART,
        f"Applies the migrations of {scope.component.name}",
        TIMEOUT,
        statements=list(_statements(scope, secret)),
        environment=_variables(scope, cluster, secret),
        libraries=POSTGRESQL,
        files={f"migrations/{name}": text for name, text in content.items()} | ROOTS,
        network=_network(scope),
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


def _network(scope: Scope) -> dict[str, Any]:
    own = reach.security_group(scope, "migrator", PART)
    database = scope.value(scope.component.name, "security_group_id")
    rules = [*reach.open_https(scope, own, PART), *reach.admit(scope, database, FUNCTION, own, PORT)]
    subnets = scope.value("network", "private_subnet_ids")
    return {
        "DependsOn": rules,
        "VpcConfig": awslambda.VPCConfig(SecurityGroupIds=[own], SubnetIds=subnets),
    }


def _statements(scope: Scope, secret_arn: Any) -> Iterator[Statement]:
    yield iam.allow([secretsmanager.GetSecretValue], secret_arn)
    context = {"SecretARN": secret_arn}
    yield from iam.use_key(scope.key("secrets"), [kms.Decrypt], "secretsmanager", context=context)
