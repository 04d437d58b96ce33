"""Passwords -> a secret for each consumer, and one function that rotates all those of a database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from troposphere import Join, Ref, awslambda, secretsmanager

from compiler import names, shipped
from compiler.blocks import reach, replicas, rotator, secrets
from compiler.kinds.database import passwords
from compiler.kinds.database.beside import beside
from compiler.kinds.database.master import read_master
from compiler.kinds.database.spec import Database, database_name
from compiler.model import Component, Connection, Platform
from compiler.scope import Attribute, Scope

PART = "Rotation"
# The first password; the function makes the others of the same form (`alternating.py`). A change here would
# replace the passwords of all secrets that exist, without the database's knowing.
FIRST_PASSWORD = {"PasswordLength": 40, "ExcludePunctuation": True, "GenerateStringKey": "password"}


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """Each consumer's secret and the two values in it, in ECS's form; the rotation function and its group."""
    users = passwords.users(component, platform)
    if not users:
        return {}
    offered = {f"{PART.lower()}_security_group_id": reach.security_group_attribute(component, PART)}
    for use in users:
        secret = Ref(names.logical_id(component.name, _part(use)))
        offered[names.own("password_arn", use.consumer)] = Attribute(secret)
        offered[names.own("password_username", use.consumer)] = Attribute(_field(secret, "username"))
        offered[names.own("password_value", use.consumer)] = Attribute(_field(secret, "password"))
    return {**offered, **rotator.attributes(component)}


def add_password_users(spec: Database, scope: Scope, master_secret: Any, ready: Iterable[str]) -> None:
    """Adds what consumers that log in by password need; nothing when there are none.

    `ready` are the logical ids of what makes the database reachable. The first rotation makes the logins, so
    it begins as soon as the schedule exists.
    """
    users = passwords.users(scope.component, scope.platform)
    if not users:
        return
    made = [(use, _secret(use, scope)) for use in users]
    function, doors = _function(scope, [Ref(secret) for _, secret in made], master_secret)
    for use, secret in made:
        attachment = scope.add(
            secretsmanager.SecretTargetAttachment(
                scope.id(f"{_part(use)}Target"),
                SecretId=Ref(secret),
                TargetId=Ref(scope.id("Cluster")),
                TargetType="AWS::RDS::DBCluster",
            )
        )
        rotator.add_schedule(
            scope,
            function,
            secret,
            spec.rotation,
            part=_part(use),
            at_once=True,
            after=[attachment.title, *doors, *ready],
            path=("rotation",),
        )


def _part(use: Connection) -> str:
    return f"PasswordOf{names.pascal(use.consumer)}"


def _field(secret: Ref, key: str) -> Join:
    """Source: ECS developer guide, "Pass Secrets Manager secrets through environment variables", 2026."""
    return Join("", [secret, f":{key}::"])


def _secret(use: Connection, scope: Scope) -> secretsmanager.Secret:
    known = {"dbname": database_name(scope.component), "username": f"{names.snake(use.consumer)}__1"}
    key = scope.key("secrets")
    return scope.add(
        secretsmanager.Secret(
            scope.id(_part(use)),
            Description=f"How {use.consumer} logs in to {scope.component.name}",
            GenerateSecretString=secretsmanager.GenerateSecretString(
                SecretStringTemplate=json.dumps(known), **FIRST_PASSWORD
            ),
            **({"KmsKeyId": key} if key is not None else {}),
            **replicas.secret_replicas(scope),
        )
    )


def _function(scope: Scope, arns: list[Any], master_secret: Any) -> tuple[awslambda.Function, list[str]]:
    place, doors = beside(scope, PART, "rotation of passwords")
    function = rotator.add_function(
        scope,
        {"MASTER_SECRET_ARN": master_secret},
        [*secrets.rotate(scope, arns), *read_master(scope, master_secret)],
        libraries=shipped.POSTGRESQL,
        network={"VpcConfig": place},
        path=("rotation",),
    )
    return function, doors
