"""Examples of kinds that hold data, deployed whole on the embedded emulator."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from compiler import kinds, pipeline
from compiler.commands.code import sources
from compiler.deploy import aws, execute, plan
from compiler.deploy.events import Deployed
from compiler.document import read
from compiler.emulator.server import Emulator, credentials, find_python, running

FOLDER = Path(inspect.getfile(kinds)).parent
REGION = "eu-west-1"
_accounts = (f"{number:012d}" for number in itertools.count(640000000000))


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running(find_python()) as emulator:
        yield emulator


def deploy(emulator: Emulator, example: str, environment: str) -> tuple[dict[str, str], str]:
    """All outputs of a deployed example, and the account that it is in."""
    path, account = str(FOLDER / example), next(_accounts)
    door = aws.connect(aws.Session(None, REGION, emulator.endpoint_url, account))
    assembly = pipeline.compile_spec(read(path), environment, sources(path))
    *_, last = execute.run(plan.make(assembly, door))
    assert isinstance(last, Deployed)
    return {name: value for outputs in last.outputs.values() for name, value in outputs.items()}, account


def client(emulator: Emulator, service: str, account: str) -> Any:
    where = {"endpoint_url": emulator.endpoint_url, "region_name": REGION}
    return boto3.client(service, **where, **credentials(account))  # type: ignore[call-overload]


@pytest.mark.parametrize("environment", ["dev", "production"])
def test_tables_have_their_keys_indexes_and_streams(emulator: Emulator, environment: str) -> None:
    outputs, account = deploy(emulator, "table/examples/full.yaml", environment)
    table = client(emulator, "dynamodb", account).describe_table(TableName=outputs["OrdersName"])["Table"]
    assert {key["AttributeName"] for key in table["KeySchema"]} == {"customer", "placed_at"}
    assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} == {"by-status", "by-parcel"}
    assert table["LatestStreamArn"] == outputs["OrdersStreamArn"]
