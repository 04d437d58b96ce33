"""Diagnostics and lint findings -> text, JSON, SARIF 2.1.0 or GitHub annotations."""

from __future__ import annotations

import json
import shlex
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

from compiler import __version__
from compiler.diagnostics import Fix, Position, Severity
from compiler.views.fixes import told
from compiler.views.style import Style
from compiler.views.workflow import command

FORMATS = ("text", "json", "sarif", "github")
# Source: SARIF 2.1.0, section 3.27.10; GitHub, "Workflow commands": the levels they know.
SARIF_LEVELS = {"error": "error", "warning": "warning"}
COLOURS = {"error": "red", "warning": "yellow"}
# A spec on one line, as JSON often is, must not fill the screen.
EXCERPT = 100


class Finding(Protocol):
    """What every message about a spec has; `compiler.diagnostics.Diagnostic` is one.

    A lint finding says more: stack, logical_id, path, url, environments.
    """

    @property
    def position(self) -> Position: ...
    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def severity(self) -> Severity: ...


class Replacement(NamedTuple):
    """What stands from `start` to before `end` becomes `text`."""

    start: Position
    end: Position
    text: str


# A position -> the text of its line, or None when the file is not at hand.
Lines = Callable[[Position], str | None]
# The file of a spec and a fix -> what it replaces there; nothing when the fix cannot be made.
Replacements = Callable[[str, Fix], Sequence[Replacement]]


def render(
    findings: Sequence[Finding],
    form: str,
    style: Style,
    lines: Lines = lambda position: None,
    replacements: Replacements = lambda file, fix: (),
) -> str:
    """All findings in one of FORMATS; text and github give nothing at all when there are none."""
    if form == "json":
        return json.dumps({"findings": [_entry(finding) for finding in findings]}, indent=2) + "\n"
    if form == "sarif":
        return json.dumps(_sarif(findings, replacements), indent=2) + "\n"
    if form == "github":
        return "".join(_annotation(finding) + "\n" for finding in findings)
    return "".join(_text(finding, style, lines) for finding in findings)


def _text(finding: Finding, style: Style, lines: Lines) -> str:
    code = style.paint(finding.code, COLOURS[finding.severity])
    # Errors are the rule; in a pipe no colour tells what only warns.
    word = f"{style.paint('warning:', 'yellow')} " if finding.severity == "warning" else ""
    place = style.paint(str(finding.position), "bold")
    shown = f"{place} {code} {word}{finding.message}{_environments(finding)}\n"
    line = lines(finding.position)
    below = _excerpt(finding.position, line) if line is not None else []
    below += [f"      | {text}" for text in _template_places(finding)]
    return shown + "".join(style.paint(text, "dim") + "\n" for text in below)


def _excerpt(position: Position, line: str) -> list[str]:
    """The line, and a caret below the character that the column counts."""
    column = position.column - 1
    start = max(0, column - EXCERPT // 2) if len(line) > EXCERPT else 0
    window = line.rstrip()[start : start + EXCERPT]
    margin = f"{position.line:>5} | "
    before = "".join(_blank(character) for character in window[: column - start])
    return [f"{margin}{window}", f"{' ' * (len(margin) - 2)}| {before}^"]


def _blank(character: str) -> str:
    """As much white as the character takes on a terminal."""
    if character == "\t":
        return "\t"
    return "  " if unicodedata.east_asian_width(character) in "WF" else " "


def _template_places(finding: Finding) -> list[str]:
    """`in data: Resources/DataKey/Properties (dev, production)`, for what was found in a template."""
    found = _details(finding)
    if not found.get("stack"):
        return []
    path = f": {found['path']}" if "path" in found else ""
    environments = f" ({', '.join(found['environments'])})" if "environments" in found else ""
    return [f"in {found['stack']}{path}{environments}"]


def _environments(finding: Finding) -> str:
    """` (dev, production)`, unless the place in a template says so."""
    found = _details(finding)
    named = "environments" in found and "stack" not in found
    return f" ({', '.join(found['environments'])})" if named else ""


def json_of_fixes(fixed: Sequence[Finding], left: Sequence[Finding]) -> str:
    """What was mended and what is left; the key `findings` as without mending."""
    found = {"fixed": [_entry(each) for each in fixed], "findings": [_entry(each) for each in left]}
    return json.dumps(found, indent=2) + "\n"


def mendable(findings: Sequence[Finding], style: Style) -> str:
    """How to get the fixes made that findings have; nothing when none has one."""
    found = [finding for finding in findings if _fix(finding)]
    if not found:
        return ""
    command = f"formwork validate {shlex.quote(found[0].position.file)} --fix"
    return f"{len(found)} of these can be mended: {style.paint(command, 'bold')}\n"


def _fix(finding: Finding) -> Fix | None:
    """What the linter finds in templates has none."""
    return getattr(finding, "fix", None)


def _entry(finding: Finding) -> dict[str, Any]:
    fix = _fix(finding)
    value = {"value": fix.value} if fix and fix.action != "remove" else {}
    mending = {"fix": {"action": fix.action, "path": [*fix.path]} | value} if fix else {}
    return (
        {
            "file": finding.position.file,
            "line": finding.position.line,
            "column": finding.position.column,
            "code": finding.code,
            "severity": finding.severity,
            "message": finding.message,
        }
        | mending
        | _details(finding)
    )


def _details(finding: Finding) -> dict[str, Any]:
    """What a lint finding says beside what every message says; nothing that is empty."""
    names = ("stack", "logical_id", "path", "url", "environments")
    found = {name: getattr(finding, name, None) for name in names}
    return {name: list(value) if name == "environments" else value for name, value in found.items() if value}


def _sarif(findings: Sequence[Finding], replacements: Replacements) -> dict[str, Any]:
    urls = {finding.code: _details(finding).get("url") for finding in findings}
    rules = [{"id": code} | ({"helpUri": url} if url else {}) for code, url in sorted(urls.items())]
    driver = {"name": "formwork", "version": __version__, "rules": rules}
    places = {code: number for number, code in enumerate(sorted(urls))}
    run = {
        "tool": {"driver": driver},
        # Without it readers count UTF-16 units, and columns go astray behind an emoji. SARIF 2.1.0, 3.14.17.
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, places) | _sarif_fixes(finding, replacements) for finding in findings],
    }
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }


def _result(finding: Finding, places: Mapping[str, int]) -> dict[str, Any]:
    region = {"startLine": finding.position.line, "startColumn": finding.position.column}
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(finding.position.file)}, "region": region}
    }
    found = _details(finding)
    if "path" in found:
        logical = {"name": found.get("logical_id", found["path"]), "fullyQualifiedName": found["path"]}
        location["logicalLocations"] = [logical]
    environments = {"properties": {"environments": found["environments"]}} if "environments" in found else {}
    return {
        "ruleId": finding.code,
        "ruleIndex": places[finding.code],
        "level": SARIF_LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [location],
    } | environments


def _sarif_fixes(finding: Finding, replacements: Replacements) -> dict[str, Any]:
    """Source: SARIF 2.1.0, sections 3.55 to 3.57; the end of a region is behind its last character."""
    fix = _fix(finding)
    found = replacements(finding.position.file, fix) if fix else ()
    if not (fix and found):
        return {}
    changes = [
        {
            "deletedRegion": {
                "startLine": each.start.line,
                "startColumn": each.start.column,
                "endLine": each.end.line,
                "endColumn": each.end.column,
            },
            "insertedContent": {"text": each.text},
        }
        for each in found
    ]
    artifact = {"artifactLocation": {"uri": _uri(finding.position.file)}, "replacements": changes}
    return {"fixes": [{"description": {"text": told(fix)}, "artifactChanges": [artifact]}]}


def _uri(file: str) -> str:
    """A relative reference by RFC 3986, which knows no backslash, no space and no bare percent sign."""
    return quote(file.replace("\\", "/"))


def _annotation(finding: Finding) -> str:
    message = "\n".join([finding.message + _environments(finding), *_template_places(finding)])
    return command(finding.severity, finding.code, message, finding.position)
