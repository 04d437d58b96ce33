"""Diagnostics: one shape, sorted, each once; every code has one meaning and is used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compiler.codes import CODES
from compiler.diagnostics import Diagnostic, Position, SpecError, suggest

SOURCES = Path(__file__).parent.parent / "compiler"


def used_codes() -> set[str]:
    texts = [path.read_text() for path in SOURCES.rglob("*.py") if path.name != "codes.py"]
    return {code for text in texts for code in re.findall(r"\b(?:E[0-3]|M0)\d\d\b", text)}


def test_every_code_is_used_and_every_code_in_use_is_explained() -> None:
    assert used_codes() == set(CODES)


def test_problems_are_sorted_by_place_and_said_once() -> None:
    late, early = (Diagnostic(Position("a.yaml", line, 1), "E101", "x") for line in (10, 9))
    assert SpecError([late, early, late]).diagnostics == (early, late)


def test_a_problem_is_one_line_that_editors_understand() -> None:
    shown = str(Diagnostic(Position("specs/shop.yaml", 10, 9), "E201", "no component is named 'click'"))
    assert shown == "specs/shop.yaml:10:9 E201 no component is named 'click'"


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("click", ["clicks", "views"], "; did you mean 'clicks'?"),
        ("prod", ["dev", "production"], "; did you mean 'production'?"),
        ("zebra", ["clicks"], ""),
        ("x", [], ""),
    ],
)
def test_the_nearest_word_is_suggested_when_there_is_one(wrong: str, right: list[str], said: str) -> None:
    assert suggest(wrong, right) == said
