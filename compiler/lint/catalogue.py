"""Rules -> what people read about them: on the screen one by one, and all of them in docs/rules.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from compiler.codes import CODES
from compiler.diagnostics import suggest
from compiler.exits import FINE, INVALID, UserError
from compiler.lint import cfn
from compiler.lint.rule import Rule, all_rules
from compiler.review.rules import EXPLANATIONS
from compiler.rule import Rule as SpecRule
from compiler.rulebook import all_rules as spec_rules

HEAD = """\
# Rules

Made by `python -m compiler.lint.catalogue --out docs/rules.md` from the rules themselves; do not edit.
`formwork explain rule ID` shows the same text for one of them, and what cfn-lint says about its own.

An error stops the build, a warning is shown. How severe a rule is depends on the environment's profile. An
environment may break most rules for a while, by a waiver that says why:

```yaml
environments:
  production:
    profile: production
    waivers: [{rule: N013, reason: "the second gateway comes with the move in May", expires: 2027-05-31}]
```

A waiver may be narrowed to one `component`. One that has expired, or that nothing needs, is an error.
"""
SPEC_HEAD = """\
## Rules about specs

`formwork validate` and every command that compiles check these, before anything is built. They are in
`compiler/rules/` and in the folder `rules` of each kind.
"""
HOUSE_HEAD = """\
## Rules about templates

`formwork build` and `formwork lint` run these beside all default rules of
[cfn-lint](https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md), over the templates. They
find what cfn-lint lets pass, also in raw CloudFormation. They are in `compiler/lint/rules/`.
"""
CODES_HEAD = """\
## Errors in the spec

What cannot be understood, or means nothing. No waiver helps.
"""


def rules() -> tuple[Rule, ...]:
    """Every house rule, by id."""
    return all_rules()


def describe(rule_id: str) -> str:
    """What a code means, why, and what to do; UserError with the nearest code when there is none."""
    wanted = rule_id.strip().upper()
    house = {rule.id: rule for rule in rules()}
    specs = {rule.id: rule for rule in spec_rules()}
    if wanted in specs:
        return _spec_description(specs[wanted])
    if wanted in house:
        return _description(house[wanted])
    if wanted in CODES:
        return f"{wanted} (error in the spec): {CODES[wanted].meaning}\n  fix     {CODES[wanted].fix}"
    if wanted in EXPLANATIONS:
        return f"{wanted} (a rule of the review): {EXPLANATIONS[wanted]}"
    found = cfn.described(wanted)
    if found is None:
        known = [*specs, *house, *CODES, *EXPLANATIONS, *cfn.rule_ids()]
        raise UserError(f"there is no rule '{rule_id}'{suggest(wanted, known)}")
    return found


def document() -> str:
    """The text of docs/rules.md."""
    about_specs = ["| id | dev | synthetic | production | finds |", "| --- | --- | --- | --- | --- |"]
    about_specs += [
        f"| [{rule.id}](#{rule.id.lower()}) | {' | '.join(_severities(rule).values())} | {rule.summary} |"
        for rule in spec_rules()
    ]
    house = ["| id | severity | finds |", "| --- | --- | --- |"]
    house += [f"| [{rule.id}](#{rule.id.lower()}) | {rule.severity} | {rule.summary} |" for rule in rules()]
    codes = ["| code | means | fix |", "| --- | --- | --- |"]
    codes += [f"| {code} | {meaning} | {fix} |" for code, (meaning, fix) in CODES.items()]
    told = [*(_spec_section(rule) for rule in spec_rules()), *(_section(rule) for rule in rules())]
    return "\n".join(
        [HEAD, SPEC_HEAD, *about_specs, "", HOUSE_HEAD, *house, "", *told, CODES_HEAD, *codes, ""]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the document, or fails when the one that is there is stale."""
    parser = argparse.ArgumentParser(prog="python -m compiler.lint.catalogue", description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--out", type=Path, metavar="FILE", help="write it to FILE")
    where.add_argument(
        "--check", type=Path, metavar="FILE", help="fail when FILE is not what would be written"
    )
    options = parser.parse_args(arguments)
    if options.out:
        options.out.write_text(document(), encoding="utf-8")
        return FINE
    if options.check.exists() and options.check.read_text(encoding="utf-8") == document():
        return FINE
    print(f"{options.check} is stale; run {parser.prog} --out {options.check}", file=sys.stderr)
    return INVALID


def _severities(rule: SpecRule) -> dict[str, str]:
    return {profile: severity or "off" for profile, severity in rule.severity.items()}


def _spec_description(rule: SpecRule) -> str:
    severities = ", ".join(f"{profile} {severity}" for profile, severity in _severities(rule).items())
    waiving = "" if rule.waivable else "; cannot be waived"
    return f"{rule.id} ({severities}{waiving}): {rule.summary}\n" + _told(rule)


def _description(rule: Rule) -> str:
    return f"{rule.id} ({rule.severity}): {rule.summary}\n" + _told(rule)


def _told(rule: Rule | SpecRule) -> str:
    return f"  why     {rule.why}\n  fix     {rule.fix}\n  source  {rule.source}"


def _spec_section(rule: SpecRule) -> str:
    return _section(rule, "" if rule.waivable else " Cannot be waived.")


def _section(rule: Rule | SpecRule, also: str = "") -> str:
    facts = (("Why", rule.why), ("Fix", rule.fix), ("Source", rule.source))
    told = "\n".join(f"- **{name}:** {text}" for name, text in facts)
    severity = f" ({rule.severity})" if isinstance(rule, Rule) else ""
    return f"### {rule.id}\n\n{rule.summary[0].upper()}{rule.summary[1:]}{severity}.{also}\n\n{told}\n"


if __name__ == "__main__":
    sys.exit(main())
