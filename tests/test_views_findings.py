"""Findings as people and machines read them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from compiler.diagnostics import Diagnostic, Position
from compiler.lint.finding import Finding
from compiler.views.findings import FORMATS, Lines, render
from compiler.views.style import Style

PLAIN, COLOURED = Style(colour=False), Style(colour=True)
TYPO = Diagnostic(Position("specs/shop.yaml", 7, 20), "E101", "unknown key 'shard'")
WIDE = Finding(
    position=Position("specs/shop.yaml", 9, 3),
    code="F101",
    message="Role allows s3:GetObject on every resource",
    severity="warning",
    stack="compute",
    logical_id="Role",
    path="Resources/Role/Properties/Policies/0",
    url="https://example.com/F101",
    environments=("dev", "production"),
)


def always(line: str) -> Lines:
    return lambda position: line


def at(column: int, line: str) -> list[str]:
    """The excerpt of a finding in this column: the line, and the caret's."""
    finding = Diagnostic(Position("spec.yaml", 7, column), "E101", "x")
    return render([finding], "text", PLAIN, always(line)).splitlines()[1:]


def sarif(*findings: Any) -> dict[str, Any]:
    (run,) = json.loads(render(findings, "sarif", PLAIN))["runs"]
    assert isinstance(run, dict)
    return run


def test_text_shows_the_line_and_a_caret_below_the_column() -> None:
    shown = render([TYPO], "text", PLAIN, always("  clicks: {shard: 3}\n"))
    assert shown == (
        "specs/shop.yaml:7:20 E101 unknown key 'shard'\n"
        "    7 |   clicks: {shard: 3}\n"
        "      |                    ^\n"
    )


def test_text_without_the_file_is_one_line() -> None:
    assert render([TYPO], "text", PLAIN) == "specs/shop.yaml:7:20 E101 unknown key 'shard'\n"


def test_text_tells_what_only_warns_without_colours_too() -> None:
    assert render([WIDE], "text", PLAIN).splitlines()[0] == (
        "specs/shop.yaml:9:3 F101 warning: Role allows s3:GetObject on every resource"
    )


def test_text_says_where_in_the_templates_and_in_which_environments() -> None:
    assert render([WIDE], "text", PLAIN).splitlines()[1:] == [
        "      | in compute: Resources/Role/Properties/Policies/0 (dev, production)"
    ]


def test_text_is_coloured_by_severity_on_a_terminal_only() -> None:
    shown = render([TYPO, WIDE], "text", COLOURED, always("x"))
    assert "\x1b[31mE101\x1b[0m" in shown
    assert "\x1b[33mF101\x1b[0m" in shown
    assert "\x1b" not in render([TYPO, WIDE], "text", PLAIN, always("x"))


@pytest.mark.parametrize(
    ("column", "line", "caret"),
    [
        (1, "abc", "      | ^"),
        (4, "abc", "      |    ^"),
        (2, "\tabc", "      | \t^"),
        (3, "日本語", "      |     ^"),
        (2, "", "      | ^"),
    ],
)
def test_the_caret_stands_below_its_character(column: int, line: str, caret: str) -> None:
    assert at(column, line) == [f"    7 | {line}", caret]


def test_of_a_long_line_only_the_surroundings_are_shown() -> None:
    line = "a" * 500 + "X" + "b" * 500
    shown, caret = at(501, line)
    assert len(shown) < 120
    assert shown[caret.index("^")] == "X"


def test_a_margin_grows_with_the_number_of_the_line() -> None:
    finding = Diagnostic(Position("spec.yaml", 1234567, 1), "E101", "x")
    _, shown, caret = render([finding], "text", PLAIN, always("x")).splitlines()
    assert shown.index("|") == caret.index("|")


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_found_is_nothing_or_an_empty_list(form: str) -> None:
    shown = render([], form, PLAIN)
    assert {"text": "", "github": ""}.get(form, shown) == shown
    if form == "json":
        assert json.loads(shown) == {"findings": []}


def test_json_has_what_each_finding_says_and_no_more() -> None:
    diagnostic, finding = json.loads(render([TYPO, WIDE], "json", PLAIN))["findings"]
    assert diagnostic == {
        "file": "specs/shop.yaml",
        "line": 7,
        "column": 20,
        "code": "E101",
        "severity": "error",
        "message": "unknown key 'shard'",
    }
    assert finding.keys() - diagnostic.keys() == {"stack", "logical_id", "path", "url", "environments"}
    assert finding["environments"] == ["dev", "production"]


def test_sarif_keeps_the_essentials_of_the_standard() -> None:
    log = json.loads(render([TYPO, WIDE], "sarif", PLAIN))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "formwork"
    assert run["columnKind"] == "unicodeCodePoints"
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert region["startColumn"] >= 1


def test_sarif_names_a_rule_once_with_its_page() -> None:
    run = sarif(WIDE, TYPO, WIDE)
    assert run["tool"]["driver"]["rules"] == [
        {"id": "E101"},
        {"id": "F101", "helpUri": "https://example.com/F101"},
    ]


def test_sarif_says_which_resource_and_which_environments() -> None:
    (result,) = sarif(WIDE)["results"]
    (location,) = result["locations"]
    assert location["logicalLocations"] == [
        {"name": "Role", "fullyQualifiedName": "Resources/Role/Properties/Policies/0"}
    ]
    assert result["properties"] == {"environments": ["dev", "production"]}


def test_sarif_places_are_uris() -> None:
    finding = Diagnostic(Position("my specs\\50%.yaml", 1, 1), "E101", "x")
    (result,) = sarif(finding)["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "my%20specs/50%25.yaml"


def test_github_annotations_are_one_line_each() -> None:
    shown = render([TYPO, WIDE], "github", PLAIN)
    assert shown.splitlines() == [
        "::error file=specs/shop.yaml,line=7,col=20,title=E101::unknown key 'shard'",
        "::warning file=specs/shop.yaml,line=9,col=3,title=F101::Role allows s3:GetObject on every resource"
        "%0Ain compute: Resources/Role/Properties/Policies/0 (dev, production)",
    ]


def test_github_annotations_are_escaped() -> None:
    finding = Diagnostic(Position("a,b:c.yaml", 1, 1), "E101", "50% of\r\n::error::all, x:y")
    assert render([finding], "github", PLAIN) == (
        "::error file=a%2Cb%3Ac.yaml,line=1,col=1,title=E101::50%25 of%0D%0A::error::all, x:y\n"
    )
