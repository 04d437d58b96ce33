"""The contract between house rules and the linter, and the rules themselves, found by folder."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from compiler.diagnostics import Severity
from compiler.lint import rules as folder
from compiler.lint.subject import Hit, Subject


@dataclass(frozen=True)
class Rule:
    """One module of `compiler/lint/rules/`, called `<id>_<words>`."""

    id: str
    severity: Severity
    summary: str  # what is wrong, completing "the rule finds"; lower case, no full stop
    why: str  # what it leads to; sentences
    fix: str  # what to do; sentences
    source: str  # the document that says so, or a link to it
    check: Callable[[Subject], Iterable[Hit]]
    module: str


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every house rule, by id."""
    names = [module.name for module in pkgutil.iter_modules(folder.__path__)]
    found = [_rule(importlib.import_module(f"{folder.__name__}.{name}"), name) for name in names]
    return tuple(sorted(found, key=lambda rule: rule.id))


def _rule(module: ModuleType, name: str) -> Rule:
    return Rule(
        id=module.ID,
        severity=module.SEVERITY,
        summary=module.SUMMARY,
        why=module.WHY,
        fix=module.FIX,
        source=module.SOURCE,
        check=module.check,
        module=name,
    )
