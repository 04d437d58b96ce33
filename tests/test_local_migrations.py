"""Migrations on the embedded emulator, with a real PostgreSQL behind the database, from deploy to destroy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from compiler import shipped
from compiler.commands.aws_options import LOCAL_STATE
from compiler.emulator.server import credentials, find_python, running
from tests.specs import HEAD
from tests.test_cli import run

LOCAL = ("spec.yaml", "--env", "dev", "--local")
SPEC = (
    HEAD
    + """
network: {}
databases: {registry: {migrations: sql}}
functions:
  report: {runtime: python3.13, handler: app.handler, code: report, connections: {registry: read}}
"""
)
# As a function of a user would be: it logs in with a token of IAM, which the emulator's database takes too.
REPORT = """
import os
import boto3
from pg8000.native import Connection

def handler(event, context):
    host, port, user = (os.environ["REGISTRY_" + name] for name in ("HOST", "PORT", "USER"))
    token = boto3.client("rds").generate_db_auth_token(DBHostname=host, Port=int(port), DBUsername=user)
    database = os.environ["REGISTRY_NAME"]
    connection = Connection(user, host=host, port=int(port), database=database, password=token)
    try:
        return connection.run(event["sql"])
    except Exception as error:
        return str(error)
    finally:
        connection.close()
"""
MACHINES = "CREATE TABLE machines (id text);\nINSERT INTO machines VALUES ('machine-0001');\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text(SPEC)
    for name in ("sql", "report"):
        (tmp_path / name).mkdir()
    (tmp_path / "report" / "app.py").write_text(REPORT)
    for name, content in shipped.code("migrator", shipped.POSTGRESQL).items():
        if not name.startswith("migrator/"):
            target = tmp_path / "report" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    write(V001__machines=MACHINES)
    return tmp_path


def write(**files: str) -> None:
    for name, text in files.items():
        Path("sql", f"{name}.sql").write_text(text)


def asked(sql: str) -> Any:
    """What the deployed function answers; the emulator is started anew, and with it the database."""
    with running(find_python(), state=LOCAL_STATE) as emulator:
        where = {"endpoint_url": emulator.endpoint_url, "region_name": "eu-west-1", **credentials()}
        clients = {name: boto3.client(name, **where) for name in ("cloudformation", "lambda")}  # type: ignore[call-overload]
        stack = clients["cloudformation"].describe_stacks(StackName="shop-dev-compute")["Stacks"][0]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        answer = clients["lambda"].invoke(
            FunctionName=outputs["ReportName"], Payload=json.dumps({"sql": sql})
        )
        return json.loads(answer["Payload"].read())


def states(capsys: pytest.CaptureFixture[str]) -> Mapping[str, str]:
    capsys.readouterr()
    assert run("migrate", *LOCAL, "--status", "--format", "json") == 0
    (database,) = json.loads(capsys.readouterr().out)["databases"]
    return {entry["file"]: entry["state"] for entry in database["files"]}


def said(capsys: pytest.CaptureFixture[str]) -> str:
    shown = capsys.readouterr()
    return shown.out + shown.err


def test_a_deployment_runs_the_migrations_and_its_function_reads_the_table(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("deploy", *LOCAL, "--yes") == 0
    shown = said(capsys)
    assert "migrations of registry: V001__machines.sql; users made: report" in shown
    order = [
        shown.index(words) for words in ("shop-dev-data: created", "registry: running", "compute: creating")
    ]
    assert order == sorted(order)
    assert asked("SELECT id FROM machines") == [["machine-0001"]]
    assert "permission denied" in asked("DELETE FROM machines")

    assert run("deploy", *LOCAL, "--yes") == 0
    assert "nothing to do" in said(capsys)
    assert run("destroy", *LOCAL, "--yes") == 0
    assert list((LOCAL_STATE / "databases").iterdir()) == []


def test_a_migration_that_fails_stops_the_deployment_before_compute_and_running_again_converges(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(V002__names="ALTER TABLE machines\nADD name nonsense;")
    assert run("deploy", *LOCAL, "--yes") == 3
    shown = said(capsys)
    assert 'cause: V002__names.sql:2: type "nonsense" does not exist (42704)' in shown
    assert "compute" not in shown.split("migrations of registry: failed")[1]
    assert states(capsys) == {"V001__machines.sql": "applied", "V002__names.sql": "pending"}

    write(V002__names="ALTER TABLE machines ADD name text;")
    assert run("plan", *LOCAL) == 0
    assert "will run after shop-dev-data: V002__names.sql" in said(capsys)
    assert run("deploy", *LOCAL, "--yes") == 0
    assert states(capsys) == {"V001__machines.sql": "applied", "V002__names.sql": "applied"}
    assert asked("SELECT * FROM machines") == [["machine-0001", None]]


def test_edited_history_is_refused_before_anything_is_touched(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("deploy", *LOCAL, "--yes") == 0
    write(V001__machines=MACHINES + "-- better\n")
    said(capsys)
    assert run("plan", *LOCAL) == 0
    assert "would be refused: V001__machines.sql: it was edited after it had been applied" in said(capsys)
    assert run("deploy", *LOCAL, "--yes") == 3
    shown = said(capsys)
    assert "the migrations of registry cannot run: V001__machines.sql: it was edited" in shown
    assert "updating" not in shown


def test_migrate_wants_what_is_deployed_and_asks_before_it_writes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("migrate", *LOCAL, "--status") == 3
    assert "the migrator of registry is not deployed" in said(capsys)
    assert run("deploy", *LOCAL, "--yes") == 0
    write(V002__names="ALTER TABLE machines ADD name text;")
    assert run("migrate", *LOCAL) == 4
    shown = said(capsys)
    assert "registry: 1 applied, 1 pending" in shown
    assert "add --yes" in shown
    assert run("migrate", *LOCAL, "--yes") == 3
    assert "the deployed migrator holds other files than the spec's folder" in said(capsys)
    assert run("migrate", *LOCAL, "--database", "other") == 2
    assert run("migrate", *LOCAL, "--yes", "--again", "1") == 3
