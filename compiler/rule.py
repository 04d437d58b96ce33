"""The contract of a rule about specs: what engineers know and neither the schema nor cfn-lint says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal, NamedTuple

from compiler.diagnostics import Severity
from compiler.model import Path, Profile

# How severe a rule is in each profile; None where it does not apply.
Severities = Mapping[Profile, Severity | None]

ERROR: Severities = {"dev": "error", "synthetic": "error", "production": "error"}
WARNING: Severities = {"dev": "warning", "synthetic": "warning", "production": "warning"}
# What may be tried out, and must not be relied upon.
STRICT_IN_PRODUCTION: Severities = {"dev": "warning", "synthetic": "warning", "production": "error"}
# What only matters where people depend on the platform.
PRODUCTION_ERROR: Severities = {"dev": None, "synthetic": None, "production": "error"}
PRODUCTION_WARNING: Severities = {"dev": None, "synthetic": None, "production": "warning"}


class Remedy(NamedTuple):
    """The one change of the spec that mends what was found; the path is as in `Hit`."""

    action: Literal["set", "remove"]
    path: Path
    value: Any = None


class Hit(NamedTuple):
    """What a rule found: where in the resolved spec, and why that is wrong, with the numbers.

    The path starts at the component in the rules of a kind, and at the spec's root in the others.
    """

    path: Path
    message: str  # as a diagnostic's: lower case, the wrong value, what is needed, what to write
    remedy: Remedy | None = None


@dataclass(frozen=True)
class Rule:
    """One module, called `<id>_<words>`, of `compiler/rules/` or of the folder `rules` of a kind.

    `check(platform)` in the former, `check(component, platform)` in the latter, which is asked for every
    component of the kind that is not adopted. A rule that cannot be waived says what AWS or Formwork itself
    refuses: it is checked whenever a spec is resolved, the others only when somebody wants to use it.
    """

    id: str
    severity: Severities
    summary: str  # what is wrong, completing "the rule finds"; lower case, no full stop
    why: str  # what it leads to; sentences
    fix: str  # what to do; sentences
    source: str  # the document that says so, or a link to it
    check: Callable[..., Iterable[Hit]]
    waivable: bool
    kind: str  # the kind whose components it looks at; empty for the whole platform
    module: str


def rule(module: ModuleType, kind: str = "") -> Rule:
    """The rule that a module declares."""
    return Rule(
        id=module.ID,
        severity=module.SEVERITY,
        summary=module.SUMMARY,
        why=module.WHY,
        fix=module.FIX,
        source=module.SOURCE,
        check=module.check,
        waivable=getattr(module, "WAIVABLE", True),
        kind=kind,
        module=module.__name__,
    )
