"""Fixes on plain data: what the text must say afterwards, and which fixes go together."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from compiler.diagnostics import Fix
from compiler.words import Path


class UnfitError(Exception):
    """A fix that cannot be made here; the text stays as it is."""


def amend(data: Any, fix: Fix) -> Any:
    """The data with one fix made; UnfitError when it has no place for it, or the fix changes nothing."""
    _require(bool(fix.path))
    whole = {"": deepcopy(data)}
    path = ("", *fix.path)
    if fix.action == "set":
        _set(whole, path, fix.value)
    else:
        holder = _at(whole, path[:-1])
        _require(path[-1] in _keys(holder))
        if fix.action == "remove":
            del holder[path[-1]]
        else:
            _rename(holder, path[-1], fix.value)
    return whole[""]


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


def _set(holder: Any, path: Path, value: Any) -> None:
    for step in path[:-1]:
        _require(_takes(holder, step))
        if step not in _keys(holder) or holder[step] is None:
            holder[step] = {}
        holder = holder[step]
    _require(_takes(holder, path[-1]))
    holder[path[-1]] = deepcopy(value)


def _takes(holder: Any, step: str | int) -> bool:
    return step in _keys(holder) or (isinstance(holder, dict) and isinstance(step, str))


def _rename(holder: Any, old: str | int, new: Any) -> None:
    _require(isinstance(holder, dict) and isinstance(new, str) and new not in holder)
    entries = [(new if key == old else key, value) for key, value in holder.items()]
    holder.clear()
    holder.update(entries)


def _at(data: Any, path: Path) -> Any:
    for step in path:
        _require(step in _keys(data))
        data = data[step]
    return data


def _keys(holder: Any) -> Any:
    if isinstance(holder, dict):
        return holder.keys()
    return range(len(holder)) if isinstance(holder, list) else ()


def _require(condition: bool) -> None:
    if not condition:
        raise UnfitError
