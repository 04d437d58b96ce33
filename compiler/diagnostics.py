"""What is wrong, where, and what to do: the one shape of every message about a spec."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Severity = Literal["error", "warning"]

# Every code, once. A code never changes its meaning; a retired one is never used again.
CODES = {
    "E001": "the spec file cannot be read",
    "E002": "the text is not valid YAML or JSON",
    "E003": "a key is written twice in one mapping",
    "E004": "a YAML feature that Formwork refuses: anchors, aliases, merge keys, tags, several documents",
    "E005": "the spec is empty, or its root is not a mapping",
    "E006": "the spec is too large or nested too deeply",
    "E007": "schema_version is missing or not one that this Formwork knows",
    "E101": "an unknown key",
    "E102": "a required key is missing",
    "E103": "a value has the wrong type",
    "E104": "a value is not one of those allowed",
    "E105": "a value has the wrong form",
    "E106": "a value is out of its range",
    "E107": "a list or mapping has the wrong number of entries, or repeats one",
    "E201": "a connection or reference names a component that does not exist",
    "E202": "the target does not offer this verb",
    "E203": "an option of a connection does not belong to this verb",
    "E204": "two components share one name",
    "E205": "components depend on each other in a circle",
    "E206": "two sources set the same environment variable",
    "E207": "a component needs a section that the spec lacks",
    "E208": "no environment has this name",
    "E209": "an alarm of this name does not exist on this component",
    "E210": "a value contradicts another one",
    "E211": "this consumer cannot be started by the target",
    "E213": "a name is too long for AWS",
    "E214": "code or another file that the spec names cannot be used",
    "E215": "a stack cannot have this name, or not hold this component",
    "E216": "an override of a resource that the component does not have",
    "E217": "an override that does not fit its resource",
    "E218": "a property of something to be made, beside `existing`",
    "E219": "a reference in raw CloudFormation that a component does not offer",
    "E220": "a waiver names a rule that does not exist, cannot be waived, or a component that does not exist",
    "E221": "a waiver has expired",
    "E222": "a waiver that nothing needs",
    "E301": "a template exceeds a CloudFormation limit",
    "E302": "two components give one logical id",
    "E303": "stacks that the spec names need values of each other",
}


class Position(NamedTuple):
    """A place in a spec file; line and column count from 1, as editors do."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Fix:
    """The one change of the spec's text that mends a problem without changing what was meant.

    `path` is that of the document as it is written, so what an environment says lies below
    ("environments", <its name>).
    """

    action: Literal["set", "remove", "rename"]  # a value; a key with its value; a key alone
    path: tuple[str | int, ...]
    value: Any = None  # the new value, or the new key


@dataclass(frozen=True, order=True)
class Diagnostic:
    """One problem: lower case, no full stop, the wrong value, what is allowed, what to do."""

    position: Position
    code: str
    message: str
    severity: Severity = "error"
    environments: tuple[str, ...] = ()  # where it is so; empty when the environment does not matter
    fix: Fix | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.position} {self.code} {self.message}"


class SpecError(Exception):
    """The spec is wrong; carries every diagnostic, sorted by place, each once."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(set(diagnostics)))
        super().__init__("\n".join(str(diagnostic) for diagnostic in self.diagnostics))


def suggest(wrong: str, right: Iterable[str]) -> str:
    """`; did you mean 'x'?` when one of the right words is near or begins alike, else nothing."""
    known = sorted(right)
    near = difflib.get_close_matches(wrong, known, n=1, cutoff=0.6)
    longer = [word for word in known if len(wrong) > 1 and word.startswith(wrong)]
    found = near or longer[:1]
    return f"; did you mean '{found[0]}'?" if found else ""
