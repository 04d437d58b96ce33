"""The schema: assembled once from the kinds, closed, and as published."""

from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from compiler.assembly import dumps
from compiler.registry import all_kinds
from compiler.schema import platform_schema

PUBLISHED = Path(__file__).parent.parent / "specs" / "platform.schema.json"


def objects(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for item in node for found in objects(item)]
    if not isinstance(node, dict):
        return []
    inside = [found for item in node.values() for found in objects(item)]
    return [node, *inside] if node.get("type") == "object" else inside


def test_the_schema_is_a_valid_one() -> None:
    Draft202012Validator.check_schema(platform_schema())


def test_the_published_schema_is_the_assembled_one() -> None:
    assert PUBLISHED.read_text() == dumps(platform_schema())


def test_every_mapping_says_what_may_be_in_it() -> None:
    assert all("additionalProperties" in found for found in objects(platform_schema()))


def test_every_section_of_a_kind_is_offered_to_environments_too() -> None:
    schema = platform_schema()
    sections = {kind.section for kind in all_kinds().values()}
    assert sections <= set(schema["properties"])
    assert sections <= set(schema["$defs"]["Environment"]["properties"])


def test_nothing_is_required_in_what_environments_repeat() -> None:
    overrides = {name: node for name, node in platform_schema()["$defs"].items() if name.endswith("Override")}
    assert overrides
    assert not [name for name, node in overrides.items() if "required" in node]


def test_the_schema_never_offers_null() -> None:
    assert '"null"' not in dumps(platform_schema())
