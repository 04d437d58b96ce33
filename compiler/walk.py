"""From one component to all those that it leads to, by whatever way leads on."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from compiler.model import Component

Onwards = Callable[[Component], Iterable[Component]]


def reached(begin: Component, onwards: Onwards) -> tuple[Component, ...]:
    """Every component that a walk from `begin` meets, each once, the nearest first; without `begin`."""
    asked, known = [begin], {begin.name}
    for component in asked:  # which grows meanwhile
        for each in onwards(component):
            if each.name not in known:
                known.add(each.name)
                asked.append(each)
    return tuple(asked[1:])
