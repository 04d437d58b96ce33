"""The platforms of specs/: each builds, keeps the promises of security, and deploys in every environment."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from compiler import pipeline
from compiler.assembly import Assembly
from compiler.commands.code import sources
from compiler.deploy import aws, execute, plan
from compiler.deploy.events import Deployed
from compiler.document import read
from compiler.emulator.server import Emulator, find_python, running
from compiler.star_actions import ACTIONS
from tests.specs import TODAY

SPECS = sorted((Path(__file__).parent.parent / "specs").glob("*.yaml"))
_accounts = (f"{number:012d}" for number in itertools.count(650000000000))

PLATFORMS = [
    pytest.param(spec, environment, id=f"{spec.stem}-{environment}")
    for spec in SPECS
    for environment in pipeline.environments(read(str(spec)))
]
each_platform = pytest.mark.parametrize(("spec", "environment"), PLATFORMS)


@cache
def assembly(spec: Path, environment: str) -> Assembly:
    return pipeline.compile_spec(read(str(spec)), environment, sources(str(spec)))


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_the_rules_say_nothing_of_them(spec: Path) -> None:
    assert pipeline.judged(pipeline.platforms(read(str(spec))), TODAY) == []


def found(spec: Path, environment: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every resource, with its logical id."""
    for stack in assembly(spec, environment).stacks:
        yield from stack.template["Resources"].items()


def statements(value: Any) -> Iterator[dict[str, Any]]:
    """Every statement of every policy in a resource."""
    if isinstance(value, list):
        for item in value:
            yield from statements(item)
    elif isinstance(value, dict):
        if "Effect" in value:
            yield value
        for item in value.values():
            yield from statements(item)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running(find_python()) as emulator:
        yield emulator


@each_platform
def test_it_deploys_and_then_nothing_is_left_to_do(emulator: Emulator, spec: Path, environment: str) -> None:
    compiled = assembly(spec, environment)
    session = aws.Session(None, compiled.region, emulator.endpoint_url, compiled.account or next(_accounts))
    door = aws.connect(session)
    *_, last = execute.run(plan.make(compiled, door))
    assert isinstance(last, Deployed)
    again = plan.make(compiled, door)
    assert not again.plan.has_changes


@each_platform
def test_no_account_or_partition_is_written_out(spec: Path, environment: str) -> None:
    for stack in assembly(spec, environment).stacks:
        assert not re.search(r'[:"]\d{12}[:"]', stack.body)
        assert "arn:aws:" not in stack.body


@each_platform
def test_only_actions_that_take_no_resource_are_allowed_on_all(spec: Path, environment: str) -> None:
    for name, resource in found(spec, environment):
        for statement in statements(resource.get("Properties", {})):
            if statement["Effect"] != "Allow":
                continue
            assert "*" not in statement.get("Action", []), name
            if resource["Type"] == "AWS::IAM::Role" and statement.get("Resource") in ("*", ["*"]):
                assert set(statement["Action"]) <= ACTIONS, (name, statement)


@each_platform
def test_the_world_comes_in_only_where_the_spec_says_public(spec: Path, environment: str) -> None:
    public = {
        name
        for name, resource in found(spec, environment)
        if resource["Type"] in ("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress")
        and "0.0.0.0/0"
        in json.dumps(
            resource["Properties"]
            if resource["Type"].endswith("Ingress")
            else resource["Properties"].get("SecurityGroupIngress", [])
        )
    }
    says = "internet_facing" in spec.read_text()
    assert bool(public) == says
    assert all(name.startswith("LoadBalancerFromInternet") for name in public)
