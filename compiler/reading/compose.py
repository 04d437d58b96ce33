"""Scalars, lists and mappings in the order of the text -> data with the place of every key and value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from compiler.diagnostics import Diagnostic, Position, SpecError
from compiler.words import shorten

Path = tuple[str | int, ...]

MAX_DEPTH = 64
MAX_PROBLEMS = 100
_NO_KEY = object()


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    container: dict[Any, Any] | list[Any]
    path: Path
    is_key: bool
    key: Any = _NO_KEY  # of a mapping: the key whose value comes next


class Composer:
    """Builds data without recursion, so no depth of nesting can exhaust the stack; collects every problem."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Any = None
        self.keys: dict[Path, Position] = {}
        self.values: dict[Path, Position] = {}
        self.problems: list[Diagnostic] = []
        self._open: list[_Open] = []

    def report(self, code: str, message: str, at: Position) -> None:
        """Notes a problem and goes on; SpecError when there are so many that nobody reads them."""
        self.problems.append(Diagnostic(at, code, message))
        if len(self.problems) >= MAX_PROBLEMS:
            raise SpecError(self.problems)

    def stop(self, code: str, message: str, at: Position) -> SpecError:
        """The error to raise when going on makes no sense: this problem and all before it."""
        self.report(code, message, at)
        return SpecError(self.problems)

    def scalar(self, value: Any, source: str, at: Position) -> None:
        """Takes a text, number, truth value or nothing; `source` is what the spec says there."""
        if self._wants_key():
            self._take_key(value, source, at)
        else:
            self._place(value, at)

    def open(self, container: dict[Any, Any] | list[Any], at: Position) -> None:
        """Enters a list or mapping that starts here."""
        if len(self._open) == MAX_DEPTH:
            raise self.stop("E006", f"a spec may be nested {MAX_DEPTH} deep, this goes deeper", at)
        if self._wants_key():
            self._open.append(_Open(container, self._complex_key(container, at), is_key=True))
        else:
            self._open.append(_Open(container, self._place(container, at), is_key=False))

    def close(self) -> None:
        """Leaves the innermost list or mapping."""
        closed = self._open.pop()
        if closed.is_key:
            self._open[-1].key = closed.path[-1]

    def _wants_key(self) -> bool:
        return (
            bool(self._open) and isinstance(self._open[-1].container, dict) and self._open[-1].key is _NO_KEY
        )

    def _place(self, value: Any, at: Position) -> Path:
        if not self._open:
            self.root = value
            path: Path = ()
        else:
            path = self._attach(self._open[-1], value, at)
        self.values[path] = at
        return path

    def _attach(self, parent: _Open, value: Any, at: Position) -> Path:
        if isinstance(parent.container, list):
            path = (*parent.path, len(parent.container))
            parent.container.append(value)
            self.keys[path] = at
        else:
            path = (*parent.path, parent.key)
            parent.container[parent.key] = value
            parent.key = _NO_KEY
        return path

    def _take_key(self, key: Any, source: str, at: Position) -> None:
        parent = self._open[-1]
        if not isinstance(key, str):
            advice = f'write "{shorten(source)}" in quotes' if source else "write a name before the ':'"
            self.report("E103", f"a key must be text; {advice}", at)
            key = source
        first = self.keys.get((*parent.path, key))
        if first:
            self.report("E003", f"the key '{shorten(key)}' is written twice; the first is at {first}", at)
            key = _unique(key, at)  # else the keys inside would count as duplicates too
        self.keys[(*parent.path, key)] = at
        parent.key = key

    def _complex_key(self, container: dict[Any, Any] | list[Any], at: Position) -> Path:
        what = "mapping" if isinstance(container, dict) else "list"
        advice = "put it in quotes if it is text, such as a {{ placeholder }}"
        self.report("E103", f"a key must be text, not a {what}; {advice}", at)
        return (*self._open[-1].path, _unique("?", at))


def _unique(key: str, at: Position) -> str:
    return f"{key}\0{at.line}:{at.column}"
