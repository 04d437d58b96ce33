"""Which rules about specs there are: the modules of `compiler/rules/` and of every kind's folder `rules`."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterable, Iterator
from functools import cache

from compiler.registry import FOLDER, all_kinds
from compiler.rule import Rule, rule

WHOLE = "compiler.rules"


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, by id."""
    found = [each for kind in ("", *all_kinds()) for each in rules_of(kind)]
    return tuple(sorted(found, key=lambda each: each.id))


def rules_for(kinds: Iterable[str]) -> Iterator[Rule]:
    """The rules that matter to a platform of these kinds; the others' modules are not even read."""
    for kind in ("", *sorted(set(kinds))):
        yield from rules_of(kind)


@cache
def rules_of(kind: str) -> tuple[Rule, ...]:
    """The rules in a kind's folder, by id; those of the whole platform for the empty text."""
    folder = f"{FOLDER}.{kind}.rules" if kind else WHOLE
    if importlib.util.find_spec(folder) is None:
        return ()
    modules = pkgutil.iter_modules(importlib.import_module(folder).__path__)
    found = [rule(importlib.import_module(f"{folder}.{module.name}"), kind) for module in modules]
    return tuple(sorted(found, key=lambda each: each.id))
