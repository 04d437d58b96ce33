"""Waivers of house rules and of cfn-lint's -> the ones that name no rule, or that nothing needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from compiler.codes import CODES
from compiler.diagnostics import Diagnostic, suggest
from compiler.judge import about, unused
from compiler.lint import cfn
from compiler.lint.rule import all_rules as house_rules
from compiler.model import Waiver
from compiler.rulebook import all_rules as spec_rules


def waiver_problems(waivers: Collection[Waiver], found: Collection[tuple[str, str]]) -> Iterator[Diagnostic]:
    """E220 and E222; what the rules about specs say of their own waivers is said before anything is built.

    `found` is what was found in the waivers' environment: a code and a component each.
    """
    judged = {rule.id for rule in spec_rules()} | set(CODES)
    here = [waiver for waiver in waivers if waiver.rule not in judged and waiver.position]
    known = {rule.id for rule in house_rules()} | set(cfn.rule_ids()) if here else set()
    for waiver in here:
        if waiver.rule not in known:
            hint = suggest(waiver.rule, known | judged)
            yield about(waiver, "E220", f"there is no rule '{waiver.rule}'{hint}")
    yield from unused((waiver for waiver in here if waiver.rule in known), found)
