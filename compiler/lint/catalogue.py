"""Rules -> what people read about them: on the screen one by one, and all of them in docs/rules.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from compiler.diagnostics import CODES, suggest
from compiler.exits import FINE, INVALID, UserError
from compiler.lint import cfn
from compiler.lint.rule import Rule, all_rules
from compiler.review.rules import EXPLANATIONS

HEAD = """\
# House rules

Made by `python -m compiler.lint.catalogue --out docs/rules.md` from `compiler/lint/rules/`; do not edit.

`formwork lint` and `formwork build` run these beside all default rules of
[cfn-lint](https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md). They find what cfn-lint
lets pass. `formwork explain rule ID` shows the same text, and what cfn-lint says about its own rules. An
error stops the build; a warning is shown.
"""


def rules() -> tuple[Rule, ...]:
    """Every house rule, by id."""
    return all_rules()


def describe(rule_id: str) -> str:
    """What a code means, why, and what to do; UserError with the nearest code when there is none."""
    wanted = rule_id.strip().upper()
    house = {rule.id: rule for rule in rules()}
    if wanted in house:
        return _description(house[wanted])
    if wanted in CODES:
        return f"{wanted} (a diagnostic of the spec): {CODES[wanted]}"
    if wanted in EXPLANATIONS:
        return f"{wanted} (a rule of the review): {EXPLANATIONS[wanted]}"
    found = cfn.described(wanted)
    if found is None:
        known = [*house, *CODES, *EXPLANATIONS, *cfn.rule_ids()]
        raise UserError(f"there is no rule '{rule_id}'{suggest(wanted, known)}")
    return found


def document() -> str:
    """The text of docs/rules.md."""
    table = ["| id | severity | finds |", "| --- | --- | --- |"]
    table += [f"| [{rule.id}](#{rule.id.lower()}) | {rule.severity} | {rule.summary} |" for rule in rules()]
    return "\n".join([HEAD, *table, "", *(_section(rule) for rule in rules())])


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


def _description(rule: Rule) -> str:
    return (
        f"{rule.id} ({rule.severity}): {rule.summary}\n"
        f"  why     {rule.why}\n"
        f"  fix     {rule.fix}\n"
        f"  source  {rule.source}"
    )


def _section(rule: Rule) -> str:
    facts = (("Why", rule.why), ("Fix", rule.fix), ("Source", rule.source))
    told = "\n".join(f"- **{name}:** {text}" for name, text in facts)
    return f"## {rule.id}\n\n{rule.summary[0].upper()}{rule.summary[1:]} ({rule.severity}).\n\n{told}\n"


if __name__ == "__main__":
    sys.exit(main())
