"""`formwork drift` as a user meets it, against the embedded emulator, which finds real differences.

It makes no drift-aware change sets, so what --revert does with one is tested in test_deploy_drift.py.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from compiler.emulator.server import Emulator, find_python, running
from tests.specs import HEAD
from tests.test_cli import folder, run

__all__ = ["folder"]
SPEC = HEAD + "queues:\n  work: {}\ntopics: {news: {}}\n"
_accounts = (f"{number:012d}" for number in itertools.count(710000000000))


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running(find_python()) as emulator:
        yield emulator


class Account:
    """An account of its own with the spec deployed, and ways behind CloudFormation's back."""

    def __init__(self, emulator: Emulator, number: str) -> None:
        self.url, self.number = emulator.endpoint_url, number

    def formwork(self, *arguments: str) -> int:
        return run(arguments[0], "spec.yaml", "--env", "dev", "--endpoint-url", self.url, *arguments[1:])

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            region_name="eu-west-1",
            endpoint_url=self.url,
            aws_access_key_id=self.number,
            aws_secret_access_key="x",
        )

    def change_queue(self, **attributes: str) -> None:
        sqs = self.client("sqs")
        (url,) = [url for url in sqs.list_queues()["QueueUrls"] if url.endswith("-work")]
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)


@pytest.fixture
def account(
    folder: Path,
    emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Account:
    made = Account(emulator, next(_accounts))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", made.number)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    (folder / "spec.yaml").write_text(SPEC)
    assert made.formwork("deploy", "--yes") == 0
    capsys.readouterr()
    return made


def test_nothing_differs_right_after_a_deployment(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    assert account.formwork("drift", "--exit-code") == 0
    assert capsys.readouterr().out.splitlines()[0] == "shop dev: no drift found in 3 stacks"


def test_what_was_changed_by_hand_is_told_with_its_line_and_class(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.change_queue(VisibilityTimeout="77", MessageRetentionPeriod="60")
    assert account.formwork("drift") == 0
    told = capsys.readouterr().out
    assert told.startswith(
        "shop dev: 2 differences (1 data-loss, 1 routine)\n\nwork in shop-dev-data  spec.yaml:8\n"
    )
    assert "VisibilityTimeout: deployed 180, live 77" in told
    assert account.formwork("drift", "--exit-code", "--format", "json") == 5
    data = json.loads(capsys.readouterr().out)
    assert [(each["id"], each["class"]) for each in data["findings"]] == [
        ("WorkQueue.MessageRetentionPeriod", "data-loss"),
        ("WorkQueue.VisibilityTimeout", "routine"),
    ]
    assert account.formwork("drift", "--format", "github") == 0
    assert capsys.readouterr().out.startswith(
        "::warning file=spec.yaml,line=8,col=3,title=drift%2C data-loss"
    )
    assert account.formwork("drift", "--component", "news", "--exit-code") == 0


def test_a_stack_that_cannot_be_searched_is_no_success(
    account: Account, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A first deployment of production that failed; one that never was is nothing to worry about."""
    arguments = ("drift", "spec.yaml", "--env", "production", "--endpoint-url", account.url, "--exit-code")
    assert run(*arguments) == 0
    assert "no drift found in 0 stacks, 3 not searched" in capsys.readouterr().out
    template = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    tags = [
        {"Key": "formwork:platform", "Value": "shop"},
        {"Key": "formwork:environment", "Value": "production"},
    ]
    account.client("cloudformation").create_change_set(
        StackName="shop-production-data",
        ChangeSetName="waits",
        ChangeSetType="CREATE",
        TemplateBody=template,
        Tags=tags,
    )
    assert run(*arguments) == 3
    assert "not searched: shop-production-data: it is in REVIEW_IN_PROGRESS" in capsys.readouterr().out


def test_a_topic_that_was_deleted_by_hand_is_missing(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    sns = account.client("sns")
    (topic,) = [t["TopicArn"] for t in sns.list_topics()["Topics"] if "NewsTopic" in t["TopicArn"]]
    sns.delete_topic(TopicArn=topic)
    assert account.formwork("drift", "--exit-code") == 5
    told = capsys.readouterr().out
    assert f"the resource is gone: {topic}" in told
    assert "--adopt" not in told


def test_accepted_drift_is_not_told_until_it_changes_again(
    account: Account, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account.change_queue(VisibilityTimeout="77")
    name = "WorkQueue.VisibilityTimeout"
    assert account.formwork("drift", "--accept", name) == 2
    assert "needs --reason" in capsys.readouterr().err
    accept = ("drift", "--accept", name, "--reason", "until the new consumer is there", "--until")
    assert account.formwork(*accept, "soon") == 2
    assert account.formwork(*accept, "2020-01-01") == 2
    assert not (folder / "spec.drift.yaml").exists()
    from datetime import UTC, datetime, timedelta

    until = str(datetime.now(UTC).date() + timedelta(days=3))
    assert account.formwork(*accept, until) == 0
    assert f'expires: "{until}"' in (folder / "spec.drift.yaml").read_text()
    assert account.formwork("drift", "--exit-code") == 0
    account.change_queue(VisibilityTimeout="78")
    capsys.readouterr()
    assert account.formwork("drift", "--exit-code") == 5
    assert "it was accepted at 77 (until the new consumer is there), and has changed again since" in (
        capsys.readouterr().out
    )
    account.change_queue(VisibilityTimeout="180")
    assert account.formwork("drift", "-v") == 0
    assert f"stale: {name} in shop-dev-data is accepted, and no longer differs" in capsys.readouterr().out


def test_adopting_shows_first_then_writes_and_a_deployment_ends_the_drift(
    account: Account, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account.change_queue(VisibilityTimeout="77", MaximumMessageSize="2048")
    assert account.formwork("drift", "--adopt", "WorkQueue.VisibilityTimeout") == 0
    assert (folder / "spec.yaml").read_text() == SPEC
    assert "nothing was written; add --fix" in capsys.readouterr().out
    assert (
        account.formwork("drift", "--adopt", "WorkQueue.VisibilityTimeout", "--fix", "--format", "json") == 0
    )
    (entry,) = json.loads(capsys.readouterr().out)["adopted"]
    assert (entry["path"][-1], entry["value"], entry["override"]) == ("visibility_timeout", "77s", False)
    assert account.formwork("deploy", "--yes") == 0
    assert account.formwork("drift", "--exit-code") == 0


def test_bringing_back_is_refused_where_no_change_set_would_do_it(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.change_queue(VisibilityTimeout="77")
    assert account.formwork("drift", "--revert", "WorkQueue.VisibilityTimeout", "--yes") == 4
    assert "finds nothing to bring back of WorkQueue.VisibilityTimeout" in capsys.readouterr().err
    assert account.formwork("drift", "--revert", "WorkQueue.DelaySeconds", "--yes") == 2
    cloudformation = account.client("cloudformation")
    left = cloudformation.list_change_sets(StackName="shop-dev-data")["Summaries"]
    assert {each["ExecutionStatus"] for each in left} <= {"EXECUTE_COMPLETE"}


def test_a_plan_knows_what_the_last_search_found(
    account: Account, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account.change_queue(VisibilityTimeout="77")
    assert account.formwork("drift") == 0
    (folder / "spec.yaml").write_text(SPEC.replace("work: {}", "work: {retention: 2d}"))
    capsys.readouterr()
    assert account.formwork("plan") == 0
    assert "it was changed by hand, as the last search for drift found on" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--fix",), "add --adopt ID"),
        (("--until", "2026-12-31"), "add --accept ID"),
        (("--reason", "because of that"), "add --accept ID or --adopt ID"),
        (("--yes",), "are about --revert"),
        (("--accept", "x", "--revert", "y"), "not allowed with argument"),
        (("--adopt", "x", "--format", "github"), "leave it out"),
        (("--component", "wrk"), "did you mean 'work'?"),
        (("--endpoint-url", "http://127.0.0.1:1"), "cannot reach"),
    ],
)
def test_arguments_that_do_not_go_together_are_said(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    (folder / "spec.yaml").write_text(SPEC)
    assert run("drift", "spec.yaml", "--env", "dev", *arguments) in (2, 3)
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [("plan",), ("plan", "--out", "plan.json"), ("deploy", "--yes")])
def test_what_was_done_by_hand_is_not_brought_back_in_express_mode(
    account: Account, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert account.formwork(*arguments, "--revert-drift", "--express") == 2
    assert "do not go together; choose one" in capsys.readouterr().err
