"""The note that a plan leaves beside its file while it is made: what a killed run made goes with the next."""

from __future__ import annotations

import argparse
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compiler.assembly import Assembly
from compiler.commands.plan import keep
from compiler.commands.plan_files import read_plan, write_plan
from compiler.commands.unfinished import clear, note_of, noted
from compiler.deploy import plan, plan_file, reviewed
from compiler.deploy.bootstrap import stack as bootstrap_stack
from compiler.deploy.errors import DeployError, RefusedError
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly
from tests.specs import HEAD
from tests.test_cli import run

SHOP = an_assembly(a_stack("shop-foundation", {"Key": {"Name": "one"}}, {"KeyArn": {"Ref": "Key"}}))
MARK, NOW = "0a1b2c3d", datetime(2026, 11, 23, tzinfo=UTC)


def out(folder: Path) -> str:
    return str(folder / "plan.json")


def planned(folder: Path, aws: FakeAws, assembly: Assembly = SHOP) -> None:
    """`plan --out plan.json`."""
    options = argparse.Namespace(
        out=out(folder),
        expires=None,
        role_arn=None,
        express=False,
        revert_drift=False,
        imports=[],
        spec=str(folder / "s.yaml"),
    )
    keep(options, assembly, aws, FakeClock())


def killed(folder: Path, aws: FakeAws) -> None:
    """The same, killed before the file was written."""
    write_plan(note_of(out(folder)), reviewed.begun(SHOP, aws, MARK, NOW))
    plan.make(SHOP, aws, FakeClock(), MARK).keep()


def failing(folder: Path, aws: FakeAws, denied: bool) -> None:
    """A plan that breaks after its change sets were made, and may not be able to delete them."""
    with noted(out(folder), reviewed.begun(SHOP, aws, MARK, NOW), aws):
        plan.make(SHOP, aws, FakeClock(), MARK).keep()
        if denied:
            aws.denied["delete_change_set"] = DeployError("access denied")
        raise ValueError("broken")


def marks(aws: FakeAws) -> list[str]:
    return [found.name.rpartition("-")[2] for found in aws.summaries("shop-foundation")]


def test_the_next_plan_takes_the_change_sets_of_a_killed_one_along(tmp_path: Path) -> None:
    aws = FakeAws()
    killed(tmp_path, aws)
    assert marks(aws) == [MARK]
    planned(tmp_path, aws)
    assert marks(aws) == [read_plan(out(tmp_path)).mark]
    assert marks(aws) != [MARK]
    assert os.listdir(tmp_path) == ["plan.json"]


def test_a_plan_that_was_killed_after_its_file_was_written_is_a_plan(tmp_path: Path) -> None:
    aws = FakeAws()
    planned(tmp_path, aws)
    kept = read_plan(out(tmp_path))
    write_plan(note_of(out(tmp_path)), kept)
    assert clear(out(tmp_path), aws, kept=kept) == ()
    assert marks(aws) == [kept.mark]
    assert os.listdir(tmp_path) == ["plan.json"]


def test_a_note_about_something_else_is_not_written_over(tmp_path: Path) -> None:
    aws = FakeAws()
    killed(tmp_path, aws)
    other = an_assembly(*SHOP.stacks, environment="test")
    with pytest.raises(RefusedError, match="holds a plan for environment 'dev' of platform 'shop'"):
        planned(tmp_path, aws, other)
    assert os.listdir(tmp_path) == ["plan.json.unfinished"]
    assert marks(aws) == [MARK]


def test_a_note_can_never_be_deployed(tmp_path: Path) -> None:
    content = plan_file.write(reviewed.begun(SHOP, FakeAws(), MARK, NOW))
    with pytest.raises(RefusedError, match="does not say of each of its stacks what is to be done"):
        plan_file.read(content, "plan.json.unfinished")


@pytest.mark.parametrize(("denied", "left"), [(False, []), (True, ["plan.json.unfinished"])])
def test_a_plan_that_fails_leaves_its_note_only_with_what_it_could_not_delete(
    tmp_path: Path, denied: bool, left: list[str]
) -> None:
    aws = FakeAws()
    with pytest.raises(ValueError, match="broken"):
        failing(tmp_path, aws, denied)
    assert os.listdir(tmp_path) == left
    assert marks(aws) == ([MARK] if denied else [])


def test_a_killed_plan_is_discarded_by_the_name_of_the_file_that_it_did_not_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text(HEAD + "streams: {clicks: {}}\n")
    local = ("spec.yaml", "--env", "dev", "--local")
    assert run("plan", *local, "--out", "plan.json") == 0
    (tmp_path / "plan.json").rename("plan.json.unfinished")
    capsys.readouterr()
    assert run("plan", "--discard", "plan.json", "--local", "--format", "json") == 0
    (name,) = json.loads(capsys.readouterr().out)["deleted"]
    assert name.startswith("shop-dev-foundation/formwork-")
    assert not (tmp_path / "plan.json.unfinished").exists()
    assert run("plan", "--discard", "plan.json", "--local") == 2


def test_templates_expire_and_packages_stay() -> None:
    bucket = bootstrap_stack().template["Resources"]["AssetBucket"]["Properties"]
    rules = bucket["LifecycleConfiguration"]["Rules"]
    assert [rule.get("Prefix") for rule in rules if "ExpirationInDays" in rule] == ["templates/"]
