"""docs/diff.schema.json: what is really printed fits it, and it knows every key and word that is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from compiler.review.changes import (
    RISKS,
    Action,
    ChangePlan,
    MigrationPlan,
    Phase,
    Recreation,
    Risk,
    StackAction,
)
from compiler.views import review
from compiler.views.deploy import plan_json
from tests.specs import HEAD
from tests.test_cli import folder, run, spec
from tests.test_review_view import CPU, MIXED, change, part

__all__ = ["folder"]
SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "diff.schema.json").read_text())
DEFS = SCHEMA["$defs"]
BEFORE = HEAD + "topics: {news: {}}\nqueues: {work: {connections: {news: subscribe}}}\n"
AFTER = HEAD + "topics: {news: {fifo: true}}\nstreams: {clicks: {}}\n"


def closed(schema: Any) -> Any:
    """The same schema, but that only allows the keys that it knows."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inside = {key: closed(value) for key, value in schema.items()}
    knows_keys = isinstance(schema.get("properties"), dict) and schema.get("type") == "object"
    return {"additionalProperties": False} | inside if knows_keys else inside


def problems(data: Any, schema: Any = SCHEMA) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(data)]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator.check_schema(closed(SCHEMA))


def test_what_diff_prints_fits_and_no_key_is_unknown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("build", spec(folder, BEFORE)) == 0
    spec(folder, AFTER)
    capsys.readouterr()
    assert run("diff", "spec.yaml", "--format", "json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert {each["action"] for each in printed["changes"]} >= {"add", "remove", "replace"}
    assert set(printed["cost"]) == {"dev", "production"}
    assert problems(printed, closed(SCHEMA)) == []


def test_what_plan_prints_fits_and_no_key_is_unknown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec(folder, AFTER)
    assert run("plan", "spec.yaml", "--env", "dev", "--local", "--format", "json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["stacks"]
    assert problems(printed, closed(SCHEMA)) == []


def test_a_plan_with_migrations_fits() -> None:
    users = {"made": ("reader",)}
    migrations = (
        MigrationPlan("registry", "data", ("V001__a.sql",), users),
        MigrationPlan("other", "data", None, unknown="the cluster sleeps"),
    )
    found = json.loads(plan_json(ChangePlan("shop", "dev", MIXED.stacks, migrations)))
    assert [each["pending"] for each in found["migrations"]] == [["V001__a.sql"], None]
    assert problems(found, closed(SCHEMA)) == []


def test_what_breaks_the_contract_does_not_fit() -> None:
    def broken(**changed: Any) -> list[str]:
        data = review.data([ChangePlan("shop", "dev", (part("one", change("It", properties=(CPU,))),))])
        data["changes"][0] |= changed
        return problems(data)

    assert broken() == []
    assert broken(action="replaced")
    assert broken(source="spec.yaml")
    assert broken(reasons=["R101"])
    assert broken(properties=[{"path": "Cpu"}])
    assert broken(extra="is fine") == []
    assert problems({"changes": []})


def test_its_words_are_those_of_the_records() -> None:
    fields = DEFS["change"]["properties"]
    assert set(fields["action"]["enum"]) >= set(get_args(Action))
    assert set(fields["action"]["enum"]) == set(get_args(Action))
    assert fields["class"]["enum"] == list(RISKS)
    assert set(get_args(Risk)) == set(RISKS)
    assert set(DEFS["property"]["properties"]["requires_replacement"]["enum"]) == set(get_args(Recreation))
    assert set(DEFS["stack"]["properties"]["action"]["enum"]) == set(get_args(StackAction))
    assert list(SCHEMA["properties"]["summary"]["properties"]) == list(RISKS)
    assert set(fields["phase"]["enum"]) == set(get_args(Phase)) - {""}
    assert set(DEFS["stack"]["properties"]["phase"]["enum"]) == set(get_args(Phase))
