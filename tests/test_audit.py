"""Who did what: records of begun and ended runs, in a file and in the bucket."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compiler.deploy import audit
from compiler.deploy.audit import Approved, Book, Record, StackOutcome
from compiler.deploy.errors import DeployError
from compiler.views.audit import as_json, as_text
from compiler.views.style import Style
from tests.fakes import FakeAws, an_assembly
from tests.test_cli import run
from tests.test_local import LOCAL, SPEC, folder, said

__all__ = ["folder"]

BEGUN = Record(
    time=datetime(2026, 11, 23, 3, 0, 0, 5, tzinfo=UTC),
    run="a1",
    phase="begun",
    who="arn:aws:iam::111122223333:user/ann",
    account="111122223333",
    region="us-east-1",
    platform="shop",
    environment="dev",
    profile="dev",
    command="deploy",
    plan="f" * 64,
    approvals=(Approved("shop-data/Orders", "bob", "empty"),),
    tool="1.0",
)
ENDED = replace(
    BEGUN,
    time=datetime(2026, 11, 23, 3, 1, tzinfo=UTC),
    phase="ended",
    stacks={"shop-data": StackOutcome("update", "UPDATE_COMPLETE", 55.0)},
    seconds=60.0,
    result="succeeded",
)
PLAIN = Style(False)


def test_a_record_is_one_line_and_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "audit.jsonl"
    book = Book(FakeAws(), path)
    assert book.write(BEGUN) == ()
    before = path.read_bytes()
    assert book.write(replace(ENDED, error="two\nlines")) == ()
    assert path.read_bytes().startswith(before)
    assert len(path.read_bytes().splitlines()) == 2
    assert audit.read_file(path, an_assembly()) == ([BEGUN, replace(ENDED, error="two\nlines")], 0)
    assert audit.read_file(path, an_assembly(environment="production")) == ([], 0)


def test_what_is_no_record_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_bytes(BEGUN.line + b"{half a re\n\n")
    assert audit.read_file(path, an_assembly()) == ([BEGUN], 1)


def test_records_wait_for_the_bucket_and_are_never_overwritten(tmp_path: Path) -> None:
    aws = FakeAws()
    book = Book(aws, tmp_path / "audit.jsonl")
    book.write(BEGUN)
    assert aws.stored == {}
    book.bucket = "bucket"
    aws.stored["bucket", BEGUN.key] = b"it is there already"
    assert book.write(ENDED) == ()
    assert [key for _, key in aws.stored] == [BEGUN.key, ENDED.key]
    assert BEGUN.key == "audit/shop/dev/20261123T030000.000005Z-a1-begun.json"
    assert aws.stored["bucket", BEGUN.key] == b"it is there already"


def test_a_bucket_that_says_no_is_told_and_tried_again(tmp_path: Path) -> None:
    aws = FakeAws()
    book = Book(aws, tmp_path / "audit.jsonl")
    book.bucket = "bucket"
    aws.denied["put_object_if"] = DeployError("access denied")
    assert book.write(BEGUN) == ("the audit record could not be put into the bucket: access denied",)
    del aws.denied["put_object_if"]
    book.write(ENDED)
    found, _ = audit.read_bucket(aws, "bucket", an_assembly())
    assert found == [BEGUN, ENDED]
    assert audit.read_bucket(aws, "bucket", an_assembly(), "20261124") == ([], 0)


def test_what_a_full_disk_cut_off_does_not_spoil_the_next_record(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_bytes(BEGUN.line[:-20])
    assert Book(FakeAws(), path).write(ENDED) == ()
    assert audit.read_file(path, an_assembly()) == ([ENDED], 1)


def test_a_record_goes_into_no_pipe_and_no_folder(tmp_path: Path) -> None:
    """Nobody reads the pipe: to wait for somebody who does would be to wait for ever."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name, why in (("pipe", "it is no regular file"), ("folder", "Is a directory")):
        told = Book(FakeAws(), tmp_path / name).write(BEGUN)
        assert told[0].endswith(why)


def test_a_record_that_can_be_written_nowhere_is_said_twice(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    book = Book(FakeAws(), tmp_path / "file" / "audit.jsonl")
    assert len(book.write(BEGUN)) == 2
    book.bucket = "bucket"
    assert len(book.write(ENDED)) == 1


def test_each_record_is_told_once() -> None:
    assert audit.merged([ENDED, BEGUN], [BEGUN]) == [BEGUN, ENDED]


def test_runs_are_told_with_their_outcome() -> None:
    assert as_text([BEGUN, ENDED], "", PLAIN).splitlines() == [
        "2026-11-23 03:00:00  deploy: succeeded in 1m 00s, by arn:aws:iam::111122223333:user/ann",
        "  plan ffffffffffff, formwork 1.0, run a1",
        "  approved shop-data/Orders by bob: empty",
        "  shop-data: update UPDATE_COMPLETE, 55s",
    ]
    assert "did not end: killed" in as_text([BEGUN], "", PLAIN)
    assert "deploy: at work" in as_text([BEGUN], "a1", PLAIN)
    assert as_text([], "", PLAIN) == "nothing is on record\n"
    assert json.loads(as_json([BEGUN], ""))["records"][0]["phase"] == "begun"


def test_no_terminal_obeys_a_record() -> None:
    wild = replace(BEGUN, approvals=(Approved("x", "bob", "fine\x1b[2J\napproved y"),))
    assert "\x1b" not in as_text([wild], "", PLAIN)
    assert "  approved x by bob: fine [2J approved y\n" in as_text([wild], "", PLAIN)


def test_deploying_and_destroying_leave_their_records(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "spec.yaml").write_text(SPEC.replace("profile: dev}", "profile: synthetic}"))
    assert run("audit", *LOCAL) == 0
    assert "nothing is on record" in said(capsys)
    assert run("deploy", *LOCAL, "--yes") == 0
    assert run("destroy", *LOCAL, "--yes") == 0
    assert run("deploy", *LOCAL) == 4  # nobody confirms: it never begins
    said(capsys)
    (folder / ".formwork" / "audit.jsonl").unlink()  # the bucket has them too
    assert run("audit", *LOCAL, "--format", "json") == 0
    records = json.loads(capsys.readouterr().out)["records"]
    assert [(each["command"], each["phase"], each["result"]) for each in records] == [
        ("deploy", "begun", ""),
        ("deploy", "ended", "succeeded"),
        ("destroy", "begun", ""),
        ("destroy", "ended", "succeeded"),
    ]
    assert "shop-dev-data" in records[1]["stacks"]
    assert run("audit", *LOCAL, "--since", "2026-02-31x") == 2
    assert run("audit", *LOCAL, "--audit", "none.jsonl") == 2
    assert "no such file: none.jsonl" in said(capsys)


def test_in_production_nothing_is_done_that_cannot_be_recorded(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "file").write_text("")
    production = ("spec.yaml", "--env", "production", "--local", "--yes", "--audit", "file/audit.jsonl")
    assert run("deploy", *production) == 4
    assert "the audit record could not be written to file/audit.jsonl" in said(capsys)
    assert run("status", "spec.yaml", "--env", "production", "--local", "--format", "json") == 0
    stacks = json.loads(capsys.readouterr().out)["stacks"]
    assert {stack["status"] for stack in stacks} == {None}
