"""Platform -> its pools, and what is drawn from each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from compiler.draw import Copies, Draw, Fact, Figures, Key, Pool
from compiler.model import Component, Platform
from compiler.registry import all_kinds
from compiler.words import figure


class Taken(NamedTuple):
    """What one component takes of a pool."""

    declared_by: str  # the component that `draw.path` lies in
    draw: Draw

    @property
    def component(self) -> str:
        """The component for which it is taken."""
        return self.draw.taker or self.declared_by


class Balance(NamedTuple):
    """A pool and what is taken of it, most first."""

    pool: Pool
    taken: tuple[Taken, ...]

    @property
    def total(self) -> float:
        return sum(each.draw.amount for each in self.taken)

    @property
    def share(self) -> float:
        """How much of the pool is used, 1 being all of it."""
        return self.total / self.pool.most if self.pool.most else float(bool(self.total))

    @property
    def is_short(self) -> bool:
        return self.total > self.pool.most

    @property
    def sum_in_words(self) -> str:
        """`'ingest' 640 (32 tasks x 2 x 10), 'console' 120 (...)`."""
        return ", ".join(
            f"'{each.component}' {figure(each.draw.amount)} ({each.draw.how})" for each in self.taken
        )


# Several rules ask for every component; the environments of a spec are judged one after the other.
@lru_cache(maxsize=1)
def balances(platform: Platform) -> tuple[Balance, ...]:
    """Every pool of the platform, by owner and name; what exists already is nobody's to size."""
    pools: dict[Key, Pool] = {}
    taken: dict[Key, list[Taken]] = {}
    for component, item in _figures(platform):
        if isinstance(item, Pool):
            pools[item.key] = item
        elif isinstance(item, Draw):
            taken.setdefault(item.key, []).append(Taken(component.name, item))
    return tuple(Balance(pools[key], _most_first(taken.get(key, []))) for key in sorted(pools))


def balance(key: Key, platform: Platform) -> Balance | None:
    """One pool of the platform."""
    return next((found for found in balances(platform) if found.pool.key == key), None)


def exhausted(key: Key, component: Component, platform: Platform) -> Balance | None:
    """A pool that several components share and that is too small, for the one that takes most of it."""
    found = balance(key, platform)
    if found and found.is_short and found.taken[0].declared_by == component.name:
        return found
    return None


def facts(platform: Platform) -> dict[str, tuple[Fact, ...]]:
    """What else there is to know of each component, by name."""
    found: dict[str, tuple[Fact, ...]] = {}
    for component, item in _figures(platform):
        if isinstance(item, Fact):
            found[component.name] = (*found.get(component.name, ()), item)
    return found


def copies(component: Component, platform: Platform) -> Copies | None:
    """How many copies of a component work at one time; None for what runs no code of its own."""
    module = all_kinds()[component.kind].sizing
    found: Copies | None = (
        module.copies(component, platform) if module and hasattr(module, "copies") else None
    )
    return found


def figures(component: Component, platform: Platform) -> Figures:
    """What a kind says of one component; nothing of what exists already, for nobody here knows its size."""
    module = None if component.adopted else all_kinds()[component.kind].sizing
    return module.figures(component, platform) if module else ()


def _figures(platform: Platform) -> Iterator[tuple[Component, Pool | Draw | Fact]]:
    for component in platform.components.values():
        yield from ((component, item) for item in figures(component, platform))


def _most_first(taken: list[Taken]) -> tuple[Taken, ...]:
    return tuple(sorted(taken, key=lambda each: (-each.draw.amount, each.component)))
