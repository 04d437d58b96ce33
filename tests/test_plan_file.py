"""The file of a reviewed plan: what is in it, what is not, and that no letter of it can change."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.assembly import Asset, dumps, sha256
from compiler.deploy import plan, plan_file, reviewed
from compiler.deploy.errors import RefusedError
from compiler.deploy.reviewed import Reviewed
from compiler.model import Budget
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly
from tests.specs import compiled
from tests.test_reviewed_plan import NOW, SHOP, deploy, keep

CONTENT = keep(FakeAws(), SHOP)
TEXT = CONTENT.decode()


def read(content: bytes) -> Reviewed:
    return plan_file.read(content, "plan.json")


def refused(content: bytes) -> str:
    with pytest.raises(RefusedError) as caught:
        read(content)
    return str(caught.value)


def resealed(**facts: Any) -> bytes:
    """The file as somebody would write it who edits it and the hash too."""
    body = json.loads(TEXT)["plan"] | facts
    return dumps(
        {"formwork_plan": plan_file.FORMAT, "plan": body, "sha256": sha256(dumps(body).encode())}
    ).encode()


def test_what_is_written_is_what_is_read() -> None:
    assert plan_file.write(read(CONTENT)) == CONTENT
    assert resealed() == CONTENT


def test_a_real_assembly_comes_back_whole() -> None:
    assembly = compiled(
        "functions: {api: {runtime: python3.13, handler: app.handler, code: ../src}}\nstreams: {clicks: {}}\n"
    )
    aws = FakeAws()
    aws.region = assembly.region
    with plan.make(assembly, aws, FakeClock(), "0badcafe") as prepared:
        kept = reviewed.of(prepared, "0badcafe", NOW, NOW + timedelta(hours=4))
    assert read(plan_file.write(kept)) == kept
    assert read(plan_file.write(kept)).assembly.files() == assembly.files()


def test_numbers_may_come_back_in_another_spelling() -> None:
    costly = an_assembly(*SHOP.stacks, budget=Budget(900), usage={"orders": {"requests": 5}})
    assert read(keep(FakeAws(), costly)).assembly == costly


def test_it_says_what_a_reader_asks() -> None:
    body = json.loads(TEXT)["plan"]
    assert (body["account"], body["region"], body["tool"]) == ("111122223333", "us-east-1", "0.1.0")
    assert (body["created"], body["expires"]) == ("2026-11-23T12:00:00Z", "2026-11-24T12:00:00Z")
    first, second, _ = body["steps"]
    assert first["change_set"].startswith("arn:aws:cloudformation:us-east-1:111122223333:changeSet/formwork-")
    assert first["template"] == sha256(SHOP.stacks[0].body.encode())
    assert second["change_set"] is None
    assert body["assembly_sha256"] == reviewed.assembly_sha256(SHOP)
    assert body["approvals"] == []


def test_the_values_of_stacks_are_not_in_it() -> None:
    aws = FakeAws()
    secret = "correct-horse-battery-staple"
    stack = a_stack("shop-foundation", {"Key": {"Text": "one"}}, {"KeyArn": secret})
    data = a_stack("shop-data", {"Orders": {"Key": {"Ref": "Key"}}}, wires={"Key": "shop-foundation.KeyArn"})
    deploy(aws, an_assembly(stack))
    # What the live stack holds is secret, not what the template says.
    aws.set("shop-foundation", outputs={"KeyArn": "hunter2-hunter2"}, parameters={"Password": "swordfish-9"})
    content = keep(aws, an_assembly(stack, data)).decode()
    assert "hunter2" not in content
    assert "swordfish" not in content
    assert list(json.loads(content)["plan"]["steps"][0]["seen"]["parameters"]) == ["Password"]


@given(st.data())
def test_any_edit_of_one_letter_is_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(TEXT) - 1), label="at")
    letters = st.characters(codec="utf-8") | st.sampled_from(' \n\t0123456789abcdef"{}[],:')
    new = data.draw(letters.filter(lambda letter: letter != TEXT[at]), label="new")
    how = data.draw(st.sampled_from(["replace", "insert", "delete"]), label="how")
    before, after = TEXT[:at], TEXT[at + (how != "insert") :]
    said = refused((before + ("" if how == "delete" else new) + after).encode())
    assert "`formwork plan SPEC --env NAME --out FILE`" in said


@given(st.integers(0, len(CONTENT) - 1))
def test_a_file_that_was_cut_off_is_refused(length: int) -> None:
    refused(CONTENT[:length])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "plan.json is not a plan, or only a part of one: it is empty"),
        (b"hello", "plan.json is not a plan, or only a part of one: expecting value"),
        (b"\xff\xfe{}", "plan.json is not a plan, or only a part of one: 'utf-8' codec"),
        (b"[" * 100_000, "plan.json is not a plan, or only a part of one: maximum recursion"),
        (
            b'{"formwork_plan": 1, "plan": "\\ud800"}',
            "plan.json is not a plan, or only a part of one: 'utf-8' codec",
        ),
        (b"[]", "plan.json is not a plan that `formwork plan --out` wrote"),
        (b'{"formwork_plan": true}', "plan.json is not a plan that `formwork plan --out` wrote"),
        (
            b'{"formwork_plan": 1}',
            f"plan.json is a plan of format 1, and this Formwork (0.1.0) reads format {plan_file.FORMAT}",
        ),
        (b'{"formwork_plan": %d}' % plan_file.FORMAT, "plan.json was edited or damaged after it was written"),
        (CONTENT + b"\n", "plan.json was edited or damaged after it was written"),
        (CONTENT.replace(b'"shop"', b'"shoq"', 1), "plan.json was edited or damaged"),
        (resealed(tool="0.0.9"), "plan.json was made by Formwork 0.0.9, and this is 0.1.0"),
        (resealed(steps=[1]), "plan.json is not a plan of this version: expected `object`, got `int`"),
        (resealed(steps=[]), "plan.json does not say of each of its stacks what is to be done"),
        (resealed(plan=json.loads(TEXT)["plan"]["plan"] | {"stacks": []}), "plan.json does not say of each"),
        (resealed(expires="2026-11-24T12:00:00"), "plan.json does not say of each of its stacks"),
        (resealed(assembly_sha256="0" * 64), "plan.json does not hold the templates that it was made for"),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(content: bytes, said: str) -> None:
    assert refused(content).startswith(said)


def test_a_plan_of_another_version_can_still_be_discarded() -> None:
    assert plan_file.read(resealed(tool="0.0.9"), "plan.json", to_run=False).mark == "a1b2c3d4"


def _swap(assembly: dict[str, Any]) -> None:
    assembly["stacks"][0]["template"]["Resources"]["Key"]["Properties"]["Text"] = "two"


def _drop(assembly: dict[str, Any]) -> None:
    assembly["stacks"].pop()


@pytest.mark.parametrize("edit", [_swap, _drop])
def test_templates_that_are_others_than_was_hashed_are_refused(
    edit: Callable[[dict[str, Any]], None],
) -> None:
    assembly = json.loads(TEXT)["plan"]["assembly"]
    edit(assembly)
    assert "does not hold the templates" in refused(resealed(assembly=assembly))


def test_an_asset_that_is_another_than_its_name_says_is_refused() -> None:
    asset = Asset(f"{sha256(b'one')}.zip", b"one", "api")
    kept = read(keep(FakeAws(), an_assembly(*SHOP.stacks, assets=(asset,))))
    other = replace(kept, assembly=replace(kept.assembly, assets=(replace(asset, content=b"two"),)))
    assert "does not hold" in refused(plan_file.write(other))
