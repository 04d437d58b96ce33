"""docs/reference-platform.md: each row's lines are in the spec, and became the resources it names."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from compiler import pipeline
from compiler.commands.code import sources
from compiler.document import read
from compiler.model import Platform
from compiler.registry import all_kinds

ROOT = Path(__file__).parent.parent
SPEC = str(ROOT / "specs" / "iot-platform.yaml")
QUOTED = re.compile("`([^`]+)`")


class Row(NamedTuple):
    """One line of a table."""

    part: str
    paths: list[str]
    types: list[str]


def rows() -> list[Row]:
    lines = (ROOT / "docs" / "reference-platform.md").read_text().splitlines()
    cells = [line.strip("|").split(" | ") for line in lines if line.startswith("| ") and "`" in line]
    return [
        Row(part.strip(), QUOTED.findall(asked), QUOTED.findall(becomes)) for part, asked, becomes in cells
    ]


@cache
def platform() -> Platform:
    return pipeline.understand(read(SPEC), "production")


@cache
def types() -> dict[str, set[str]]:
    """Component -> the types of its resources in production."""
    found: dict[str, set[str]] = defaultdict(set)
    for stack in pipeline.compile_spec(read(SPEC), "production", sources(SPEC)).stacks:
        for name, resource in stack.template["Resources"].items():
            found[stack.origins[name].component].add(resource["Type"])
    return found


def component(path: str) -> str:
    """The component that a path leads into: named in it, or, of a singleton, called as its kind."""
    section, *rest = path.split(".")
    kind = next(kind for kind in all_kinds().values() if kind.section == section)
    return kind.name if kind.singleton else rest[0]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.part)
def test_a_row_is_true(row: Row) -> None:
    made: set[str] = set()
    for path in row.paths:
        value = platform().values
        for key in path.split("."):
            assert key in value, path
            value = value[key]
        assert value not in (None, False, [], {}) or path.count(".") == 1
        made |= types()[component(path)]
    assert row.paths
    assert row.types
    assert {f"AWS::{name}" for name in row.types} <= made


def test_no_component_of_the_platform_is_left_out() -> None:
    """Each component with resources of its own is in some row, or only serves one that is."""
    named = {component(path) for row in rows() for path in row.paths}
    assert set(types()) - named <= {"authorize"}
