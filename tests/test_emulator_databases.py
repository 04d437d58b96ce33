"""Databases of the emulator: a real server behind each cluster, for as long as the cluster is there."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from pg8000.native import Connection

from compiler.emulator import postgres
from compiler.emulator.server import Emulator, EmulatorError, find_python, running
from tests.test_emulator import Account, att, ref, resource

CLUSTER = resource(
    "RDS::DBCluster",
    Engine="aurora-postgresql",
    DatabaseName="registry",
    MasterUsername="boss",
    ManageMasterUserPassword=True,
)
ATTRIBUTES = {
    "Host": "Endpoint.Address",
    "Port": "Endpoint.Port",
    "Secret": "MasterUserSecret.SecretArn",
}
TEMPLATE = {
    "Resources": {"Database": CLUSTER},
    "Outputs": {name: {"Value": att("Database", found)} for name, found in ATTRIBUTES.items()},
}
ACCOUNT = "444455556666"


def deployed(emulator: Emulator) -> tuple[Account, dict[str, str]]:
    account = Account(emulator, ACCOUNT)
    return account, account.deploy(TEMPLATE)


def login(account: Account, outputs: dict[str, str]) -> Connection:
    """As whoever reads the master secret would."""
    answer = account.client("secretsmanager").get_secret_value(SecretId=outputs["Secret"])
    secret = json.loads(answer["SecretString"])
    where = {"host": outputs["Host"], "port": int(outputs["Port"]), "database": "registry"}
    return Connection(secret["username"], password=secret["password"], **where)


def test_what_is_written_is_there_in_the_next_run_at_the_same_address(tmp_path: Path) -> None:
    with running(find_python(), state=tmp_path) as emulator:
        account, outputs = deployed(emulator)
        connection = login(account, outputs)
        connection.run("CREATE TABLE machines AS SELECT 7 AS id")
        assert connection.run("SELECT current_user") == [["boss"]]
        connection.close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((outputs["Host"], int(outputs["Port"])), timeout=5)
    with running(find_python(), state=tmp_path) as emulator:
        account = Account(emulator, ACCOUNT)
        connection = login(account, account.outputs())
        assert connection.run("SELECT id FROM machines") == [[7]]
        connection.close()
        assert account.outputs() == outputs


def test_a_secret_that_is_attached_tells_the_real_address(tmp_path: Path) -> None:
    secret = resource(
        "SecretsManager::Secret",
        GenerateSecretString={"SecretStringTemplate": "{}", "GenerateStringKey": "password"},
    )
    attachment = resource(
        "SecretsManager::SecretTargetAttachment",
        SecretId=ref("Login"),
        TargetId=ref("Database"),
        TargetType="AWS::RDS::DBCluster",
    )
    wanted = {
        "Resources": {"Database": CLUSTER, "Login": secret, "Attachment": attachment},
        "Outputs": {"Port": {"Value": att("Database", "Endpoint.Port")}, "Login": {"Value": ref("Login")}},
    }
    with running(find_python(), state=tmp_path) as emulator:
        account = Account(emulator, ACCOUNT)
        outputs = account.deploy(wanted)
        found = account.client("secretsmanager").get_secret_value(SecretId=outputs["Login"])
        value = json.loads(found["SecretString"])
        assert (value["host"], str(value["port"])) == (postgres.HOST, outputs["Port"])


def test_with_its_cluster_a_database_and_its_data_go(tmp_path: Path) -> None:
    with running(find_python(), state=tmp_path) as emulator:
        account, _ = deployed(emulator)
        assert len(list((tmp_path / "databases").iterdir())) == 1
        account.delete()
        assert list((tmp_path / "databases").iterdir()) == []


def test_a_port_that_somebody_took_meanwhile_is_told(tmp_path: Path) -> None:
    with running(find_python(), state=tmp_path) as emulator:
        _, outputs = deployed(emulator)
    with (
        socket.create_server((outputs["Host"], int(outputs["Port"]))),
        pytest.raises(EmulatorError, match=f"cannot be started: port {outputs['Port']} is taken"),
        running(find_python(), state=tmp_path),
    ):
        pass


def test_a_folder_that_holds_no_data_of_this_server_is_told(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("9")
    with pytest.raises(postgres.PostgresError, match="did not start"):
        postgres.start(tmp_path, "boss")
