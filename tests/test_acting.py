"""What every command that acts does around it: place, lock and record, from the first look to the end."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compiler.commands.acting import Act, acting, may_settle
from compiler.commands.approving import Approval
from compiler.deploy import bootstrap, execute, lease, plan
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.records import Identity
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly

SHOP = an_assembly(a_stack("shop-data", {"Orders": {}}), profile="synthetic")


def options(folder: Path, **facts: Any) -> argparse.Namespace:
    given = {"command": "deploy", "audit": folder / "audit.jsonl", "wait_for_lock": None, "local": False}
    return argparse.Namespace(**(given | facts))


def records(folder: Path) -> list[dict[str, Any]]:
    path = folder / "audit.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def deployed() -> FakeAws:
    aws = FakeAws()
    list(execute.run(plan.make(SHOP, aws, FakeClock())))
    return aws


def bucket(aws: FakeAws) -> str:
    return bootstrap.bucket(aws.stack(bootstrap.STACK)) or ""


def within(folder: Path, aws: FakeAws, work: Callable[[Act], None]) -> None:
    with acting(options(folder), SHOP, aws) as act:
        work(act)


def test_the_lock_is_held_inside_and_given_back_after_a_failure_too(tmp_path: Path) -> None:
    aws = deployed()

    def work(act: Act) -> None:
        held = lease.holder(aws, bucket(aws), lease.key(SHOP))
        assert held
        assert held.run == act.lease.run
        act.begin(options(tmp_path))
        raise DeployError("it broke")

    with pytest.raises(DeployError, match="it broke"):
        within(tmp_path, aws, work)
    assert lease.holder(aws, bucket(aws), lease.key(SHOP)) is None
    assert [(each["phase"], each["result"], each["error"]) for each in records(tmp_path)] == [
        ("begun", "", ""),
        ("ended", "failed", "it broke"),
    ]


def test_what_never_began_is_not_on_record(tmp_path: Path) -> None:
    with pytest.raises(RefusedError), acting(options(tmp_path), SHOP, deployed()):
        raise RefusedError("not confirmed")
    assert records(tmp_path) == []


def test_an_interruption_is_on_record(tmp_path: Path) -> None:
    def work(act: Act) -> None:
        act.begin(options(tmp_path))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        within(tmp_path, deployed(), work)
    assert records(tmp_path)[-1]["result"] == "interrupted"


def test_a_first_deployment_takes_the_lock_and_sends_its_records_once_there_is_a_bucket(
    tmp_path: Path,
) -> None:
    aws = FakeAws()
    with acting(options(tmp_path), SHOP, aws) as act, plan.make(SHOP, aws, act.clock) as prepared:
        act.begin(options(tmp_path), [Approval("shop-data/Orders", "x", "why", "ann")])
        assert not act.lease.taken
        events = act.noted(execute.run(prepared, lease=act.lease))
        for event in events:
            if getattr(event, "stack", "") == "shop-data":
                assert act.lease.taken
    kept = aws.objects(bucket(aws), "audit/shop/dev/")
    assert [key.rpartition("-")[2] for key in kept] == ["begun.json", "ended.json"]
    end = json.loads(aws.stored[bucket(aws), kept[1]])
    assert (end["result"], sorted(end["stacks"])) == ("succeeded", ["formwork-bootstrap", "shop-data"])
    assert end["approvals"] == [{"by": "ann", "change": "shop-data/Orders", "reason": "why"}]


def test_credentials_that_changed_while_somebody_was_asked_are_refused(tmp_path: Path) -> None:
    aws = deployed()

    def work(act: Act) -> None:
        aws.identity = lambda: Identity("999999999999", "arn")  # type: ignore[method-assign]
        act.begin(options(tmp_path))

    with pytest.raises(RefusedError, match="of account 999999999999 now"):
        within(tmp_path, aws, work)
    assert records(tmp_path) == []


def test_a_lock_that_another_took_while_somebody_was_asked_is_refused(tmp_path: Path) -> None:
    aws = deployed()

    def work(act: Act) -> None:
        aws.stored[bucket(aws), lease.key(SHOP)] = b"another's"
        act.begin(options(tmp_path))

    with pytest.raises(RefusedError, match="the lock on the environment is lost"):
        within(tmp_path, aws, work)
    assert records(tmp_path) == []


def test_whoever_only_looks_puts_nothing_right_while_another_is_at_work(tmp_path: Path) -> None:
    aws = deployed()
    assert may_settle(options(tmp_path), SHOP, aws)
    with acting(options(tmp_path), SHOP, aws):
        assert not may_settle(options(tmp_path), SHOP, aws)
    assert may_settle(options(tmp_path), SHOP, aws)


def test_production_without_an_account_is_told_what_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for facts, told in (
        ({"profile": "production"}, True),
        ({"profile": "production", "account": "111122223333"}, False),
        ({"profile": "dev"}, False),
    ):
        may_settle(options(tmp_path), an_assembly(**facts), FakeAws())
        assert ('write `account: "111122223333"`' in capsys.readouterr().err) == told


def test_a_plan_for_another_account_or_region_is_refused_before_the_lock_is_asked_for(tmp_path: Path) -> None:
    aws = deployed()
    before = list(aws.calls)
    for facts in ({"account": "999999999999"}, {"region": "us-west-2"}):
        elsewhere = an_assembly(**facts)
        with pytest.raises(RefusedError, match="belongs in"), acting(options(tmp_path), elsewhere, aws):
            raise AssertionError("it went in")
    assert aws.calls == before
