"""Rotation as it is deployed: the templates, and the functions in them at work in the emulator."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from compiler.deploy import aws, execute, plan
from compiler.emulator.server import Emulator, credentials, find_python, running
from tests.postgres import MASTER, MASTER_PASSWORD, Server, server
from tests.specs import compiled

ACCOUNT, REGION = "811111111111", "eu-west-1"
SPEC = """
network: {}
secrets: {signing-key: {generate: {length: 64}, rotation: {every: 30d}}}
databases: {registry: {rotation: {every: 30d}}}
functions:
  report:
    runtime: python3.13
    handler: app.handler
    code: code
    connections: {registry: {access: read, login: password}}
"""


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Server]:
    with server() as started:
        yield started


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running(find_python()) as emulator:
        yield emulator


def client(emulator: Emulator, service: str) -> Any:
    where = {"endpoint_url": emulator.endpoint_url, "region_name": REGION}
    return boto3.client(service, **where, **credentials(ACCOUNT))  # type: ignore[call-overload]


@pytest.fixture(scope="module")
def secrets(emulator: Emulator) -> Any:
    """Secrets Manager of an account where the spec is deployed."""
    door = aws.connect(aws.Session(None, REGION, emulator.endpoint_url, ACCOUNT))
    list(execute.run(plan.make(compiled(SPEC), door)))
    return client(emulator, "secretsmanager")


def found(secrets: Any, description: str) -> str:
    """The ARN of the secret whose name holds the words."""
    (arn,) = [s["ARN"] for s in secrets.list_secrets()["SecretList"] if description in s["Name"]]
    return str(arn)


def value(secrets: Any, arn: str, label: str = "AWSCURRENT") -> str:
    return str(secrets.get_secret_value(SecretId=arn, VersionStage=label)["SecretString"])


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether it comes true within a minute; the functions work on their own, and each look is a request."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if holds():
            return True
    return False


def test_a_schedule_of_a_generic_secret_changes_nothing_and_a_rotation_makes_a_new_value(
    secrets: Any,
) -> None:
    arn = found(secrets, "SigningKey")
    described = secrets.describe_secret(SecretId=arn)
    assert described["RotationEnabled"] is True
    assert described["RotationRules"]["AutomaticallyAfterDays"] == 30
    assert len(described["VersionIdsToStages"]) == 1
    first = value(secrets, arn)
    secrets.rotate_secret(SecretId=arn)
    assert eventually(lambda: value(secrets, arn) != first)
    assert len(value(secrets, arn)) == 64
    assert value(secrets, arn, "AWSPREVIOUS") == first


def test_a_password_that_is_rotated_opens_a_real_database(secrets: Any, postgresql: Server) -> None:
    """The emulator's own database takes any password, so the secrets are told of one that does not."""
    postgresql.new_database("registry")
    arn, master = found(secrets, "PasswordOfReport"), found(secrets, "rds!")
    # The deployment itself rotates once, to make the logins.
    assert eventually(lambda: json.loads(value(secrets, arn))["username"] == "report__2")
    attached = json.loads(value(secrets, arn))
    assert {"engine", "host", "port"} <= set(attached)
    assert attached["dbname"] == "registry"
    where = {"host": postgresql.host, "port": postgresql.port}
    secrets.put_secret_value(SecretId=arn, SecretString=json.dumps(attached | where))
    secrets.put_secret_value(
        SecretId=master, SecretString=json.dumps({"username": MASTER, "password": MASTER_PASSWORD})
    )
    for expected in ("report__1", "report__2", "report__1"):
        secrets.rotate_secret(SecretId=arn)
        assert eventually(lambda: json.loads(value(secrets, arn))["username"] == expected)  # noqa: B023
        for label in ("AWSCURRENT", "AWSPREVIOUS"):
            login = json.loads(value(secrets, arn, label))
            with postgresql.login(login["username"], login["password"], "registry") as connection:
                assert connection.run("SELECT current_user") == [["report"]]
