"""Known causes: every row is found by a sentence of AWS, and its advice says what to change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compiler.assembly import Origin
from compiler.deploy import known
from compiler.deploy.events import Evidence
from compiler.deploy.known import Cause

SCHEMA = json.loads(Path("specs/platform.schema.json").read_text(encoding="utf-8"))
EXAMPLES = [(row, example.text) for row in known.causes() for example in row.examples]


def properties(section: str, path: str) -> Iterator[bool]:
    """Whether each step of a path of properties is in the schema."""
    found: Any = SCHEMA["properties"][section]
    found = found.get("additionalProperties", found)
    for name in path.split("."):
        found = resolved(found)["properties"].get(name)
        yield found is not None


def resolved(schema: Any) -> Any:
    while "properties" not in schema:
        parts = schema.get("anyOf") or schema.get("oneOf") or [schema]
        named = next(part for part in parts if "$ref" in part)
        schema = SCHEMA["$defs"][named["$ref"].rpartition("/")[2]]
    return schema


@pytest.mark.parametrize(("row", "text"), EXAMPLES, ids=[f"{row.id}: {text[:40]}" for row, text in EXAMPLES])
def test_a_sentence_of_aws_finds_its_own_row(row: Cause, text: str) -> None:
    found = known.cause(text)
    assert found is not None
    assert found.id == row.id
    assert not re.search(r"[{}]", known.advice(text))


@pytest.mark.parametrize("row", known.causes(), ids=lambda row: row.id)
def test_a_row_has_an_example_and_names_only_properties_that_the_spec_has(row: Cause) -> None:
    assert row.examples
    assert row.advice[0].islower() or row.advice.startswith(("{", "AWS ", "Fargate "))
    assert not row.advice.endswith(".")
    for section, path in row.spec.items():
        assert all(properties(section, path)), (section, path)


def test_rows_have_ids_of_their_own() -> None:
    ids = [row.id for row in known.causes()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "User: arn:aws:iam::1:role/d is not authorized to perform: kms:CreateKey on resource: * because "
            "no identity-based policy allows the kms:CreateKey action",
            "kms:CreateKey on *",
        ),
        ("User: x is not authorized to perform: kms:CreateKey", "kms:CreateKey on it"),
        (
            "User: x is not authorized to perform: sqs:CreateQueue on resource: arn:aws:sqs:a:1:q with an "
            "explicit deny in a service control policy",
            "no role helps",
        ),
        ("orders already exists in stack arn:aws:cloudformation:a:1:stack/old/1", "orders belongs to stack"),
        ("Cannot find version 11.5 for aurora-postgresql", "no version 11.5 of aurora-postgresql"),
        ("Export a cannot be deleted as it is in use by b, c", "stack b still uses"),
        ("The maximum number of VPCs has been reached.", "--service-code vpc --quota-code L-F678F1CE"),
    ],
)
def test_advice_names_what_the_sentence_names(text: str, words: str) -> None:
    assert words in known.advice(text)


def test_a_name_that_looks_like_a_template_stays_as_it_is() -> None:
    text = "{0.__class__} already exists in stack {x}"
    assert known.advice(text).startswith("{0.__class__} belongs to stack {x}: ")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("services.api.http.port", "(in the spec: services.api.image)"),
        ("services.api", "(in the spec: services.api.image)"),
        ("queues.work", ""),
    ],
)
def test_advice_names_the_property_of_the_component(path: str, place: str) -> None:
    text = "CannotPullContainerError: manifest unknown"
    assert known.advice(text, (), Origin("api", path)).endswith(place or "digest")


def test_a_section_of_one_component_has_no_name_in_its_path() -> None:
    text = "The certificate 'arn' must have a fully-qualified domain name, a supported signature"
    assert "spec: load_balancer.certificate)" in known.advice(text, (), Origin("x", "load_balancer.http"))


VAGUE = "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'."


def seen(kind: Any, *lines: str) -> Evidence:
    return Evidence("Api", kind, "somebody", lines)


def test_where_the_reason_is_vague_the_evidence_decides() -> None:
    events = seen("events", "(service api) was unable to place a task. Capacity is unavailable at this time")
    tasks = seen("tasks", "2 x TaskFailedToStart: CannotPullContainerError: manifest unknown")
    assert "push it" in known.advice(VAGUE, [events, tasks])
    assert "run again later" in known.advice(VAGUE, [events])
    assert "why" in known.advice(VAGUE, [seen("events", "(service api) has started 1 tasks")])


def test_a_precise_reason_stands_whatever_the_evidence_says() -> None:
    tasks = seen("tasks", "CannotPullContainerError: manifest unknown")
    assert known.advice("Rate exceeded", [tasks]) == "AWS was asked too often: run again"


def test_a_log_and_what_else_failed_decide_nothing() -> None:
    for kind in ("log", "others", "unseen"):
        found = known.advice(VAGUE, [seen(kind, "Rate exceeded: CannotPullContainerError")])
        assert found == known.advice(VAGUE)
    assert known.advice("nobody ever saw this", [seen("log", "Rate exceeded")]) == known.DEFAULT
