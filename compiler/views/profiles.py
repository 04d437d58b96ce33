"""What a profile means -> text for people, data for programs, and Markdown of all of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from compiler.model import Profile
from compiler.profiles import PROFILES, Setting
from compiler.rule import Rule
from compiler.views.style import Style

COLOURS = {"error": "red", "warning": "yellow", "off": "dim"}
HEAD = """\
# Profiles

Made by `python -m compiler.commands.explain_profile --out docs/profiles.md` from the kinds and the rules; do
not edit. `formwork explain profile production` shows what one profile sets.

Every environment names a profile: `dev` to try things out for little money, `synthetic` for tests in an
account of their own, `production` for what people depend on. A profile is a set of defaults, below whatever
the spec says, and decides how severe the rules are. The components are the same in all of them, with the same
logical ids.

A production environment that is to be weaker than a rule allows says so by a waiver, with a reason and a last
day. What a profile sets itself is in bold; the rest is the kind's own default.
"""


def text(profile: Profile, settings: Iterable[Setting], rules: Iterable[Rule], style: Style) -> str:
    """The defaults that a profile sets, by section, and the rules that it makes more or less severe."""
    lines = [style.paint(f"defaults in {profile}", "bold")]
    own = [setting for setting in settings if profile in setting.set_by]
    for section, of_section in groupby(own, key=lambda setting: setting.section):
        lines += ["", style.paint(section, "bold")]
        for setting in of_section:
            said = f"{setting.property} = {_shown(setting.values[profile])}"
            lines += [f"  {said}  {_others(setting, profile, style)}", f"    {setting.description}"]
    lines += ["", style.paint(f"rules in {profile}, where they differ", "bold"), ""]
    for rule in rules:
        severity = _severity(rule, profile)
        lines.append(f"  {rule.id}  {style.paint(f'{severity:7}', COLOURS[severity])}  {rule.summary}")
    return "\n".join(lines) + "\n"


def data(profile: Profile, settings: Iterable[Setting], rules: Iterable[Rule]) -> dict[str, Any]:
    """The same, complete."""
    return {
        "profile": profile,
        "defaults": [
            {
                "kind": setting.kind,
                "section": setting.section,
                "property": setting.property,
                "value": setting.values[profile],
                "values": dict(setting.values),
                "description": setting.description,
            }
            for setting in settings
            if profile in setting.set_by
        ],
        "rules": [
            {
                "id": rule.id,
                "severity": _severity(rule, profile),
                "severities": {each: _severity(rule, each) for each in PROFILES},
                "summary": rule.summary,
            }
            for rule in rules
        ],
    }


def markdown(settings: Iterable[Setting], rules: Iterable[Rule]) -> str:
    """The text of docs/profiles.md: one table of defaults, one of rules."""
    lines = [HEAD, "## Defaults", "", *_table("section", "property", *PROFILES, "what it is")]
    lines += [
        _row(f"`{setting.section}`", f"`{setting.property}`", *_values(setting), setting.description)
        for setting in settings
    ]
    lines += [
        "",
        "## Rules",
        "",
        "The rules that are not equally severe everywhere; [all of them](rules.md).",
        "",
    ]
    lines += _table("id", *PROFILES, "finds")
    lines += [
        _row(f"[{rule.id}](rules.md#{rule.id.lower()})", *_severities(rule), rule.summary) for rule in rules
    ]
    return "\n".join(lines) + "\n"


def _others(setting: Setting, profile: Profile, style: Style) -> str:
    rest = [f"{other} {_shown(setting.values[other])}" for other in PROFILES if other != profile]
    return style.paint(f"({', '.join(rest)})", "dim")


def _values(setting: Setting) -> Iterator[str]:
    """In bold where the profile itself says so."""
    for profile in PROFILES:
        code = f"`{_shown(setting.values[profile])}`"
        yield f"**{code}**" if profile in setting.set_by else code


def _severities(rule: Rule) -> Iterator[str]:
    return (_severity(rule, profile) for profile in PROFILES)


def _severity(rule: Rule, profile: Profile) -> str:
    return rule.severity[profile] or "off"


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return value if isinstance(value, str) else json.dumps(value)


def _table(*columns: str) -> tuple[str, str]:
    return _row(*columns), _row(*("---" for _ in columns))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
