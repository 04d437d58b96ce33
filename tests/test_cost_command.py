"""`formwork cost`, budgets, and what diffs and plans say of the cost: as a user meets them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compiler import cli
from compiler.assembly import Assembly
from compiler.commands.pricing import cost_changes
from compiler.cost.budget import budget_findings
from compiler.cost.price import estimate
from compiler.deploy import execute, plan
from compiler.manifest import read
from compiler.model import Budget
from tests.costs import BOOK, compiled, of
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly

SPEC = """\
schema_version: 1
platform: shop
region: eu-west-1
environments:
  dev: {profile: dev}
  production: {profile: production}
streams:
  clicks: {load: {devices: 100, messages_per_second: 1, message_size: 30KiB}}
queues:
  work: {}
"""
NAT = {"Type": "AWS::EC2::NatGateway", "Properties": {}}
KEY = {"Type": "AWS::KMS::Key", "Properties": {}}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def spec(folder: Path, text: str = SPEC) -> str:
    (folder / "spec.yaml").write_text(text)
    return "spec.yaml"


def budgeted(budget: str) -> str:
    return SPEC.replace("{profile: production}", f"{{profile: production, budget: {budget}}}")


def run(*arguments: str) -> int:
    return cli.main(arguments)


def test_each_environment_shows_its_components_and_what_the_sum_lacks(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("cost", spec(folder)) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert shown.out.startswith("shop dev: ")
    assert "\n\nshop production: " in shown.out
    assert "requests: 0.40 per million requests, by messages of work" in shown.out
    assert (
        "the price book has no prices of eu-west-1: those of us-east-1 are used, and trusted less"
        in shown.out
    )


def test_verbose_shows_every_line_with_its_arithmetic(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("cost", spec(folder), "--env", "dev", "-v") == 0
    # 100 records a second, day and night, each of two payload units, for 730 hours.
    assert "PUT payload units  525.6 x 0.014 per million units of 25 KB" in capsys.readouterr().out


@pytest.mark.parametrize("by", ["component", "stack", "line"])
def test_markdown_ends_its_table_with_the_total(
    folder: Path, capsys: pytest.CaptureFixture[str], by: str
) -> None:
    assert run("cost", spec(folder), "--env", "dev", "--by", by, "--format", "markdown") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("### shop dev: ")
    assert "| **total** | " in shown
    assert ("| data |" in shown) == (by == "stack")


def test_json_sums_up_to_the_total(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cost", spec(folder), "--env", "dev", "--format", "json") == 0
    (found,) = json.loads(capsys.readouterr().out)["estimates"]
    for amount in ("min", "expected", "max"):
        total = found["total"]["usd"][amount]
        for part in ("components", "stacks"):
            assert sum(each["usd"][amount] for each in found[part]) == pytest.approx(total)
        lines = [line["usd"][amount] for line in found["lines"] if line["state"] == "priced"]
        assert sum(lines) == pytest.approx(total)
    assert found["priced_as_us_east_1"] == ["eu-west-1"]


def test_declared_use_closes_what_was_open(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    used = SPEC.replace("work: {}", "work: {usage: {messages: 10000000}}")
    assert run("cost", spec(folder, used), "--env", "dev", "--by", "line") == 0
    assert "30 x 0.40 per million requests" in capsys.readouterr().out


def test_use_of_an_unknown_key_is_an_error_at_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("cost", spec(folder, SPEC.replace("work: {}", "work: {usage: {message: 1}}"))) == 1
    assert "spec.yaml:10:18 E101" in capsys.readouterr().err


def test_a_book_beside_the_spec_holds_over_the_shipped_one_and_a_given_one_over_both(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    price = {
        "id": "kinesis.shard.hour",
        "unit": "shard-hour",
        "source": "by hand",
        "as_of": "2026-11",
        "confidence": "high",
        "region": "eu-west-1",
    }
    (folder / "prices.eu-west-1.json").write_text(json.dumps({"prices": [price | {"usd": 1.0}]}))
    assert run("cost", spec(folder), "--env", "dev", "--by", "line") == 0
    assert " x 1.00 per shard-hour" in capsys.readouterr().out
    (folder / "mine.json").write_text(json.dumps({"prices": [price | {"usd": 2.0}]}))
    assert run("cost", "spec.yaml", "--env", "dev", "--by", "line", "--price-book", "mine.json") == 0
    assert " x 2.00 per shard-hour" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "there is no price book mine.json"),
        ("[]", "mine.json is no price book: expected `object`"),
        ("junk", "mine.json is no price book: JSON is malformed"),
    ],
)
def test_a_book_that_cannot_be_used_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], content: str | None, told: str
) -> None:
    if content is not None:
        (folder / "mine.json").write_text(content)
    assert run("cost", spec(folder), "--price-book", "mine.json") == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "budget", "code", "told"),
    [
        ("cost", "{monthly_usd: 1}", 1, True),
        ("lint", "{monthly_usd: 1}", 1, True),
        ("build", "{monthly_usd: 1}", 1, True),
        ("cost", "{monthly_usd: 1, on_excess: warn}", 0, True),
        ("build", "{monthly_usd: 1, on_excess: warn}", 0, True),
        ("build", "{monthly_usd: 100000}", 0, False),
    ],
)
def test_a_budget_fails_or_warns(
    folder: Path, capsys: pytest.CaptureFixture[str], command: str, budget: str, code: int, told: bool
) -> None:
    assert run(command, spec(folder, budgeted(budget)), "--env", "production") == code
    shown = capsys.readouterr().err
    word = "" if code else "warning: "
    assert (f"spec.yaml:6:37 M001 {word}production is expected to cost " in shown) == told
    assert (folder / "templates").exists() == (command == "build" and code == 0)


def test_an_excess_is_told_with_the_arithmetic_and_the_most_expensive_components() -> None:
    things = {"Nat": NAT, "Key": KEY}
    (found,) = budget_findings(of(things), Budget(30.0, "warn"))
    assert found.severity == "warning"
    assert found.message == (
        "dev is expected to cost 33.85 USD a month, 3.85 over its budget of 30.00; most of it: thing 33.85; "
        "make these smaller, or raise monthly_usd (formwork cost shows every line)"
    )


def test_what_has_no_price_is_told_where_there_is_a_budget() -> None:
    (found,) = budget_findings(of({"Mail": {"Type": "AWS::SES::Template"}}), Budget(1.0))
    assert (found.code, found.severity) == ("M002", "warning")
    assert "lacks Mail (AWS::SES::Template is not in the price book)" in found.message


def test_an_explanation_of_the_budgets_code_is_at_hand(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", "rule", "M001") == 0
    assert "the expected cost is over the budget" in capsys.readouterr().out


def test_use_and_budget_travel_with_the_assembly() -> None:
    made = compiled(budgeted("{monthly_usd: 7}"))
    again = read(made.files())
    assert again.budget == Budget(7, "fail")
    assert again.usage == made.usage
    assert again.usage["clicks"]["payload_units"] == pytest.approx(2 * 100 * 730 * 3600)
    assert estimate(again, BOOK).total == estimate(made, BOOK).total


def test_without_either_the_manifest_says_nothing_of_them() -> None:
    plain = compiled(
        SPEC.replace("{load: {devices: 100, messages_per_second: 1, message_size: 30KiB}}", "{}")
    )
    manifest = json.loads(plain.files()["manifest.json"])
    assert {"usage", "budget"} & manifest.keys() == set()


def test_a_diff_shows_what_the_change_costs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("build", spec(folder)) == 0
    spec(folder, SPEC.replace("clicks: {", "clicks: {shards: 40, "))
    capsys.readouterr()
    assert run("diff", "spec.yaml", "--env", "dev") == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("cost of dev: ")
    assert "USD a month expected (+394.20): clicks +394.20; not in it: " in last  # 36 shards of 10.95
    assert run("diff", "spec.yaml", "--env", "dev", "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)["cost"]["dev"]
    assert found["delta_usd"] == pytest.approx(394.20)
    assert found["components"] == [{"component": "clicks", "delta_usd": pytest.approx(394.20)}]
    assert run("diff", "spec.yaml", "--env", "dev", "--format", "markdown") == 0
    assert capsys.readouterr().out.startswith("**Cost** of dev: ")


def test_knowing_more_of_the_use_changes_no_cost(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("build", spec(folder)) == 0
    spec(folder, SPEC.replace("work: {}", "work: {usage: {messages: 10000000}}"))
    capsys.readouterr()
    assert run("diff", "spec.yaml", "--env", "dev") == 0
    assert "USD a month expected, as before" in capsys.readouterr().out


def test_a_plan_compares_with_the_live_templates() -> None:
    aws = FakeAws()
    first = an_assembly(with_resources(Nat=NAT, Key=KEY))
    prepared = plan.make(first, aws, FakeClock())
    assert prepared.before is None
    list(execute.run(prepared))
    second = an_assembly(with_resources(Key=KEY))
    (found,) = changes(plan.make(second, aws, FakeClock()).before, second)
    assert found.before.usd.expected == pytest.approx(32.85 + 1.00)
    assert found.usd == pytest.approx(-32.85)


def test_a_stack_that_leaves_takes_its_cost_with_it() -> None:
    aws = FakeAws()
    going = replace(with_resources(Nat=NAT), name="shop-old")
    list(execute.run(plan.make(an_assembly(with_resources(Key=KEY), going), aws, FakeClock())))
    after = an_assembly(with_resources(Key=KEY))
    (found,) = changes(plan.make(after, aws, FakeClock()).before, after)
    assert found.usd == pytest.approx(-32.85)


def with_resources(**resources: dict[str, Any]) -> Any:
    stack = a_stack("shop-foundation", {})
    return replace(stack, template={"Resources": resources})


def changes(before: Assembly | None, after: Assembly) -> list[Any]:
    return cost_changes("spec.yaml", [(before, after)])
