"""The preflight over HTTP, against the embedded emulator, as it would talk to AWS."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from compiler import preflight
from compiler.commands.build import compile_all
from compiler.deploy import aws, execute, plan
from compiler.deploy.account import READING
from compiler.emulator.server import Emulator, find_python, running
from compiler.preflight import survey
from compiler.preflight.check import all_checks
from compiler.preflight.finding import Finding
from tests.recorder import recording
from tests.sites import NOW
from tests.specs import HEAD, compiled
from tests.test_cli import run

_accounts = (f"{number:012d}" for number in itertools.count(710000000000))
SPEC = "network: {}\nqueues: {jobs: {}}\ndatabases: {people: {}}\n"
LOCAL = ("spec.yaml", "--env", "dev", "--local")
# What the rest API of X-Ray calls "get groups"; every other REST call that only looks is a GET.
POSTS_THAT_READ = {"POST /Groups"}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running(find_python()) as emulator:
        yield emulator


@pytest.fixture
def account() -> str:
    return next(_accounts)


@pytest.fixture
def door(emulator: Emulator, account: str) -> aws.Boto:
    return aws.connect(aws.Session(None, "eu-west-1", emulator.endpoint_url, account))


def findings(door: aws.Boto, spec: str = SPEC) -> list[Finding]:
    report = preflight.run(survey.sites(compiled(spec), door, NOW))
    return [finding for finding in report.findings if finding.check in ("P041", "P061")]


def clash(emulator: Emulator, account: str) -> None:
    """A log group and a queue that somebody made by hand under our names."""
    keys = {"aws_access_key_id": account, "aws_secret_access_key": "x", "region_name": "eu-west-1"}
    logs, sqs = (boto3.client(name, endpoint_url=emulator.endpoint_url, **keys) for name in ("logs", "sqs"))
    logs.create_log_group(logGroupName="/aws/rds/cluster/shop-dev-people/postgresql")
    sqs.create_queue(QueueName="shop-dev-jobs")


def test_what_somebody_made_before_is_in_the_way(door: aws.Boto, emulator: Emulator, account: str) -> None:
    clash(emulator, account)
    found = {finding.message: finding for finding in findings(door) if finding.severity == "error"}
    assert sorted(found) == [
        "log group '/aws/rds/cluster/shop-dev-people/postgresql' exists already, "
        "and no stack of this platform holds it",
        "queue 'shop-dev-jobs' exists already, and no stack of this platform holds it",
    ]
    places = {str(finding.origin.position) for finding in found.values() if finding.origin}
    assert places == {"spec.yaml:8:10", "spec.yaml:9:13"}
    assert any("delete-log-group" in finding.advice for finding in found.values())


def test_what_the_platform_itself_deployed_is_not_in_its_way(door: aws.Boto) -> None:
    assert [finding.severity for finding in findings(door)] == []
    list(execute.run(plan.make(compiled(SPEC), door)))
    assert findings(door) == []


def test_what_another_environment_holds_is_in_the_way_too(door: aws.Boto) -> None:
    theirs = 'resources:\n  Jobs: {Type: "AWS::SQS::Queue", Properties: {QueueName: shop-dev-jobs}}\n'
    list(execute.run(plan.make(compiled(theirs, "production"), door)))
    (found,) = findings(door, "queues: {jobs: {}}\n")
    assert found.message.startswith("queue 'shop-dev-jobs' exists already, and ")


def test_no_call_over_the_wire_changes_anything(emulator: Emulator, account: str) -> None:
    clash(emulator, account)
    path = Path(__file__).parent.parent / "specs" / "iot-platform.yaml"
    (assembly,) = compile_all(str(path), "production")
    calls: list[str] = []
    with recording(emulator.endpoint_url, calls) as url:
        door = aws.connect(aws.Session(None, "us-east-1", url, account))
        report = preflight.run(survey.sites(assembly, door, NOW))
    assert report.findings
    assert len(set(calls)) > 40
    reading = (*READING, "GET ", "HEAD ")
    assert {call for call in calls if not call.startswith(reading)} - POSTS_THAT_READ == set()
    declared = {read.operation for check in all_checks() for read in check.reads}
    actions = {action.split(":")[1] for action in preflight.permissions(())}
    assert {call for call in calls if " " not in call} <= declared | actions


def test_the_command_needs_nothing_but_the_emulator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = tmp_path / "spec.yaml"
    spec.write_text(HEAD + 'network: {}\nservices: {web: {image: {repository: web, tag: "1"}}}\n')
    assert run("preflight", *LOCAL) == 1
    shown = capsys.readouterr().out
    assert shown.startswith("shop dev in account 123456789012, eu-west-1\nthe emulator answers here")
    assert "there is no repository 'web' in eu-west-1" in shown
    assert "\x1b" not in shown
    spec.write_text(HEAD + "queues: {jobs: {}}\n")
    assert run("preflight", *LOCAL, "--format", "json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["counts"]["error"] == 0
    assert {finding["check"] for finding in report["findings"]} <= {check["id"] for check in report["checks"]}
