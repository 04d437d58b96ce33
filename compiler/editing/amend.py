"""Fixes on plain data: what the text must say afterwards, and which fixes go together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import copy
from typing import Any

from compiler.diagnostics import Fix
from compiler.words import Path

_NOTHING = object()


class UnfitError(Exception):
    """A fix that cannot be made here; the text stays as it is."""


def amend(data: Any, fix: Fix) -> Any:
    """The data with one fix made; UnfitError when it has no place for it, or the fix changes nothing."""
    _require(bool(fix.path))
    return _amended(data, fix.path, fix)


def written(data: Any) -> str:
    """Data so that `1`, `1.0` and `true` differ, and the order of keys does not matter."""
    return json.dumps(data, sort_keys=True)


def clash(one: Fix, other: Fix) -> bool:
    """Whether two fixes touch the same part of a spec, so that only one of them can be made at a time."""
    return any(
        _covers(place, there, one) or _covers(there, place, other)
        for place in _places(one)
        for there in _places(other)
    )


def _covers(place: Path, there: Path, fix: Fix) -> bool:
    # What is below a renamed key stays as it is, and is mended before.
    below_renamed = fix.action == "rename" and place == fix.path and len(there) > len(place)
    return there[: len(place)] == place and not below_renamed


def _places(fix: Fix) -> Iterator[Path]:
    yield fix.path
    if fix.action == "rename":
        yield (*fix.path[:-1], fix.value)


def _amended(holder: Any, path: Path, fix: Fix) -> Any:
    """A copy of what holds the first step of a path, as far as it changes."""
    step = path[0]
    holder = {} if holder is None and fix.action == "set" else copy(holder)
    _require(step in _keys(holder) or (fix.action == "set" and _takes(holder, step)))
    before = holder[step] if step in _keys(holder) else _NOTHING
    if len(path) > 1:
        holder[step] = _amended(None if before is _NOTHING else before, path[1:], fix)
    elif fix.action == "rename":
        return _renamed(holder, step, fix.value)
    elif fix.action == "remove":
        del holder[step]
    else:
        _require(before is _NOTHING or written(before) != written(fix.value))
        holder[step] = fix.value
    return holder


def _takes(holder: Any, step: str | int) -> bool:
    return step in _keys(holder) or (isinstance(holder, dict) and isinstance(step, str))


def _renamed(holder: Any, old: str | int, new: Any) -> Any:
    _require(isinstance(holder, dict) and isinstance(new, str) and new not in holder)
    return {(new if key == old else key): value for key, value in holder.items()}


def _keys(holder: Any) -> Any:
    if isinstance(holder, dict):
        return holder.keys()
    return range(len(holder)) if isinstance(holder, list) else ()


def _require(condition: bool) -> None:
    if not condition:
        raise UnfitError
