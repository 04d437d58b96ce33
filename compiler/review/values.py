"""Values -> short text for people; whatever may be a secret is hidden."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from compiler.review.expressions import expression
from compiler.review.paths import Absent, Item, Leaf, Path, dotted, is_intrinsic

HIDDEN = "(hidden)"
LATER = "{{changeSet:KNOWN_AFTER_APPLY}}"  # how CloudFormation writes what it cannot know yet
_WIDTH = 96
_LEAD = 24  # what stays in view before the first difference of two long values

_SECRET_NAME = re.compile(
    r"(pass(word|wd|phrase)?|pwd|secret(_?string|_?key|_?value)?|(auth|access|refresh|bearer|api)_?token"
    r"|token|(api|private|access|signing|encryption|shared|license)_?key|credentials?)s?$",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"-----BEGIN|\b(AKIA|ASIA)[0-9A-Z]{16}\b|\beyJ[\w-]{8,}\.[\w-]{8,}\.|\bgh[pousr]_\w{20,}|\bxox[abps]-\w"
    r"|\bsk_(live|test)_\w|\bglpat-\w{8,}|://[^/\s:@$]*:(?!\$\{)[^/\s@{]+@"
    r"|(password|passwd|pwd|secret|token)=(?!\$\{)[^\s;&]",
    re.IGNORECASE,
)
# These only point at a secret, and are what a reviewer wants to see.
_POINTER = re.compile(r"\$\{|\{\{resolve:|!\w+ |arn:|(true|false)$", re.IGNORECASE)
_VALUE_KEYS = {"Value", "Default", "ParameterValue"}


def shown(leaf: Leaf) -> tuple[str | None, str | None]:
    """The two sides of a leaf as text: shortened around the first difference, None where there is none."""
    before, after = _side(leaf.path, leaf.before), _side(leaf.path, leaf.after)
    if leaf.carried and after is not None:
        return before, f"{shorten(after)} (new value)"
    if before is None or after is None:
        return before and shorten(before), after and shorten(after)
    start = _first_difference(before, after)
    return shorten(before, start), shorten(after, start)


def text(value: Any, path: Path = ()) -> str:
    """One value in one line, secrets hidden, not shortened."""
    if is_intrinsic(value):
        return _guarded(expression(value), path)
    if isinstance(value, Mapping):
        inner = (f"{key}: {text(item, (*path, key))}" for key, item in _sorted(value))
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(text(item, _inside(path, item)) for item in value) + "]"
    return _guarded(" ".join(expression(value).split()), path)


def shorten(value: str, start: int = 0) -> str:
    """At most a line's worth of the text, around the place from which it matters."""
    if len(value) <= _WIDTH:
        return value
    begin = max(0, min(start - _LEAD, len(value) - _WIDTH))
    head, tail = "…" if begin else "", "…" if begin + _WIDTH < len(value) else ""
    return f"{head}{value[begin : begin + _WIDTH]}{tail}"


def _side(path: Path, value: Any) -> str | None:
    if isinstance(value, Absent):
        return None
    return "(known after apply)" if value == LATER else text(value, path)


def _guarded(value: str, path: Path) -> str:
    if _SECRET_VALUE.search(value):
        return HIDDEN
    if value and _SECRET_NAME.search(_name(path)) and not _POINTER.match(value):
        return HIDDEN
    return value


def _name(path: Path) -> str:
    """What the value is called: the label of a name/value pair, else the last key."""
    if path and path[-1] in _VALUE_KEYS and len(path) > 1:
        return path[-2]
    return next((part for part in reversed(path) if not isinstance(part, Item)), dotted(path))


def _inside(path: Path, item: Any) -> Path:
    """The path of a list's item, so that `{Name: DB_PASSWORD, Value: x}` is known by its name."""
    if isinstance(item, Mapping):
        for key in ("Name", "Key", "ParameterKey"):
            if isinstance(item.get(key), str):
                return (*path, Item(item[key]))
    return path


def _sorted(value: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return sorted(value.items(), key=lambda pair: str(pair[0]))


def _first_difference(before: str, after: str) -> int:
    pairs = zip(before, after, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(before), len(after)))
