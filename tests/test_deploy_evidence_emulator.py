"""Evidence against the embedded emulator, over HTTP: it is taken while the rollback still runs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from compiler.assembly import Stack
from compiler.deploy import aws, execute, live, plan
from compiler.deploy.errors import DeployError
from compiler.deploy.events import Event, StackFailed
from compiler.emulator.server import Emulator, find_python, running
from tests.fakes import a_stack, an_assembly, drain

ACCOUNT = "710000000001"
CODE = "def handler(event, context):\n    return 1\n"


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("faults") / "faults.json"
    path.write_text("[]")
    return path


@pytest.fixture(scope="module")
def emulator(faults: Path) -> Iterator[Emulator]:
    with running(find_python(), faults=faults) as emulator:
        yield emulator


class Watched:
    """The real door; notes in which state the stack was whenever somebody began to look around."""

    def __init__(self, door: aws.Boto) -> None:
        self.door = door
        self.states: list[str] = []

    def in_region(self, region: str) -> Watched:
        return self

    def account(self) -> Any:
        found = self.door.stack("shop-app")
        self.states.append(found.status if found else "gone")
        return self.door.account()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.door, name)


def a_platform(description: str) -> Stack:
    """A topic, and then a function."""
    function = {
        "FunctionName": "shop-fn",
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Role": f"arn:aws:iam::{ACCOUNT}:role/shop",
        "Code": {"ZipFile": CODE},
        "Description": description,
    }
    resources = {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": description}},
        "Fn": {"Type": "AWS::Lambda::Function", "DependsOn": ["Topic"], "Properties": function},
    }
    return replace(a_stack("shop-app", {"Fn": {}}), template={"Resources": resources})


def write_log(emulator: Emulator, *lines: str) -> None:
    session = boto3.Session(ACCOUNT, "emulator", region_name="us-east-1")
    logs = session.client("logs", endpoint_url=emulator.endpoint_url)
    logs.create_log_group(logGroupName="/aws/lambda/shop-fn")
    place = {"logGroupName": "/aws/lambda/shop-fn", "logStreamName": "2026/11/23/[$LATEST]9f"}
    logs.create_log_stream(**place)
    now = int(time.time() * 1000)
    logs.put_log_events(**place, logEvents=[{"timestamp": now, "message": line} for line in lines])


def test_the_log_of_a_failing_function_is_read_before_the_rollback_ends(
    emulator: Emulator, faults: Path
) -> None:
    door = Watched(aws.connect(aws.Session(None, "us-east-1", emulator.endpoint_url, ACCOUNT)))
    list(execute.run(plan.make(an_assembly(a_platform("one")), door)))  # type: ignore[arg-type]
    write_log(emulator, "starting", "no table, password=hunter2")
    slow = {"logical_id": "Topic", "operation": "update", "delay": 1.5}
    broken = {"logical_id": "Fn", "operation": "update", "fail": "Resource handler did not stabilize"}
    faults.write_text(json.dumps([slow, broken]))
    changed = an_assembly(a_platform("two"))
    events: list[Event] = []
    with pytest.raises(DeployError):
        drain(execute.run(plan.make(changed, door)), events)  # type: ignore[arg-type]
    faults.write_text("[]")

    assert door.states == ["UPDATE_ROLLBACK_IN_PROGRESS"]
    (failure,) = [event.failure for event in events if isinstance(event, StackFailed)]
    assert (failure.logical_id, failure.status) == ("Fn", "UPDATE_ROLLBACK_COMPLETE")
    (log,) = [each for each in failure.evidence if each.kind == "log"]
    assert log.lines == ("starting", "no table, password=<...>")

    (state,) = live.read(changed, door).stacks  # type: ignore[arg-type]
    assert state.failure
    assert [each.lines for each in state.failure.evidence if each.kind == "log"] == [log.lines]
