"""The contract between checks and the preflight, and the checks themselves, found by folder."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from compiler.deploy.account import Read
from compiler.preflight import checks as folder
from compiler.preflight.finding import Severity
from compiler.preflight.site import Resource, Site


@dataclass(frozen=True)
class Hit:
    """What a look found."""

    severity: Severity
    message: str
    advice: str = ""
    resource: Resource | None = None


# One question to the account. What one cannot see does not keep the others from looking.
Look = Callable[[], Iterable[Hit]]


@dataclass(frozen=True)
class Check:
    """One module of `compiler/preflight/checks/`, called `<id>_<words>`."""

    id: str
    title: str  # what it looks at; lower case, a few words
    summary: str  # what it finds, as sentences
    source: str  # the document that says so
    reads: tuple[Read, ...]  # every call that it makes
    looks: Callable[[Site], Iterable[Look]]
    is_global: bool  # the same in all regions, so told once


@cache
def all_checks() -> tuple[Check, ...]:
    """Every check, by id."""
    names = [module.name for module in pkgutil.iter_modules(folder.__path__)]
    found = [_check(importlib.import_module(f"{folder.__name__}.{name}")) for name in names]
    return tuple(sorted(found, key=lambda check: check.id))


def _check(module: ModuleType) -> Check:
    return Check(
        id=module.ID,
        title=module.TITLE,
        summary=module.SUMMARY,
        source=module.SOURCE,
        reads=module.READS,
        looks=module.looks,
        is_global=getattr(module, "IS_GLOBAL", False),
    )
