"""What is wrong, where, and what to do: the one shape of every message about a spec."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Severity = Literal["error", "warning"]


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
    found = nearest(wrong, right)
    return f"; did you mean '{found}'?" if found is not None else ""


def nearest(wrong: str, right: Iterable[str]) -> str | None:
    """The right word that is nearest or begins alike; None when no word is near."""
    known = sorted(right)
    near = difflib.get_close_matches(wrong, known, n=1, cutoff=0.6)
    longer = [word for word in known if len(wrong) > 1 and word.startswith(wrong)]
    return next(iter(near or longer), None)
