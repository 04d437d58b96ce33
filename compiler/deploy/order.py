"""Removals -> the same in an order in which nothing goes before what takes values of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from compiler.deploy.prepared import Removal

Edges = dict[str, set[str]]  # stack -> the stacks that must be gone before


def ordered(removals: Iterable[Removal]) -> tuple[Removal, ...]:
    """What is deployed decides; then, where it can, what the removals say."""
    found = {removal.live.name: removal for removal in removals}
    after: Edges = {name: set() for name in found}
    for name, removal in found.items():
        _add(after, name, _takers(removal, found.values()))
    for name, removal in found.items():
        _add(after, name, removal.after)
    waiting = {name: replace(found[name], after=frozenset(after[name])) for name in found}
    result = []
    while waiting:
        ready = next(name for name, removal in waiting.items() if not removal.after & waiting.keys())
        result.append(waiting.pop(ready))
    return tuple(result)


def _takers(removal: Removal, others: Iterable[Removal]) -> Iterable[str]:
    """The stacks with a parameter called as an output of this one, by which values travel."""
    outputs = removal.live.outputs.keys()
    return [
        other.live.name
        for other in others
        if other is not removal and outputs & (other.template.get("Parameters") or {}).keys()
    ]


def _add(after: Edges, name: str, earlier: Iterable[str]) -> None:
    """Adds what must be gone before, but for what would then wait for itself."""
    for other in sorted(earlier):
        if other in after and name not in awaited(other, after):
            after[name].add(other)


def awaited(name: str, after: Edges) -> set[str]:
    """What is named, and all that it waits for."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        current = ahead.pop()
        if current not in found:
            found.add(current)
            ahead.extend(after[current])
    return found
