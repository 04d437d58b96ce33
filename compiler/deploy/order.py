"""Removals -> the same in an order in which nothing goes before what takes values of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from compiler.deploy.prepared import Removal

Edges = dict[str, set[str]]  # stack -> the stacks that must be gone before


def ordered(removals: Iterable[Removal], templates: Mapping[str, Mapping[str, Any]]) -> tuple[Removal, ...]:
    """What is deployed (`templates`, by stack) decides; then, where it can, what the removals say."""
    found = {removal.live.name: removal for removal in removals}
    after: Edges = {name: set() for name in found}
    for name, removal in found.items():
        _add(after, name, _takers(removal, templates))
    for name, removal in found.items():
        _add(after, name, removal.after)
    waiting = {name: replace(found[name], after=frozenset(after[name])) for name in found}
    result = []
    while waiting:
        ready = next(name for name, removal in waiting.items() if not removal.after & waiting.keys())
        result.append(waiting.pop(ready))
    return tuple(result)


def _takers(removal: Removal, templates: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    """The stacks with a parameter called as an output of this one, by which values travel."""
    outputs = removal.live.outputs.keys()
    return [
        name
        for name, template in templates.items()
        if name != removal.live.name and outputs & (template.get("Parameters") or {}).keys()
    ]


def _add(after: Edges, name: str, earlier: Iterable[str]) -> None:
    """Adds what must be gone before, but for what would then wait for itself."""
    for other in sorted(earlier):
        if other in after and name not in _awaited(other, after):
            after[name].add(other)


def _awaited(name: str, after: Edges) -> set[str]:
    """The stack, and all that it waits for."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        current = ahead.pop()
        if current not in found:
            found.add(current)
            ahead.extend(after[current])
    return found
