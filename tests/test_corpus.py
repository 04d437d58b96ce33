"""Every rule has a spec that breaks it and one that keeps it; what is said of both is known to the letter."""

from pathlib import Path

import pytest

from compiler.rule import Rule
from compiler.rulebook import all_rules
from tests.corpus import ROOT, expected, said, specs


def name(spec: Path) -> str:
    return f"{spec.parent.name}-{spec.stem}"


@pytest.mark.parametrize("spec", specs("fails"), ids=name)
def test_exactly_this_is_said_of_a_broken_spec(spec: Path) -> None:
    assert said(spec) == expected(spec).read_text(encoding="utf-8").splitlines()
    assert any(f" {spec.parent.name} " in line for line in said(spec))


@pytest.mark.parametrize("spec", specs("passes"), ids=name)
def test_nothing_is_said_of_a_sound_spec(spec: Path) -> None:
    assert said(spec) == []


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_every_rule_is_broken_and_kept_by_some_spec(rule: Rule) -> None:
    found = {spec.stem.split("-")[0] for spec in (ROOT / rule.id).glob("*.yaml")}
    assert found == {"fails", "passes"}


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_every_rule_says_what_why_how_and_who_says_so(rule: Rule) -> None:
    assert set(rule.severity) == {"dev", "synthetic", "production"}
    assert rule.module.rpartition(".")[2].startswith(rule.id.lower() + "_")
    assert not rule.summary.endswith(".")
    assert rule.why.endswith(".")
    assert rule.fix.endswith(".")
    assert len(rule.source) > 10


def test_no_two_rules_have_one_id() -> None:
    ids = [rule.id for rule in all_rules()]
    assert len(set(ids)) == len(ids)
