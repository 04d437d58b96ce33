"""D008: consumers may open more connections than the database takes."""

from __future__ import annotations

import math
from collections.abc import Iterator

from compiler import capacity
from compiler.capacity import Balance
from compiler.kinds.database.capacity import SOURCE as SOURCE
from compiler.kinds.database.capacity import reader, writer
from compiler.kinds.database.engine import max_connections
from compiler.kinds.database.spec import Database
from compiler.model import Component, Platform
from compiler.rule import STRICT_IN_PRODUCTION, Hit
from compiler.words import figure

ID = "D008"
SEVERITY = STRICT_IN_PRODUCTION
SUMMARY = "the consumers of a database may open more connections than it takes"
WHY = (
    "Aurora takes as many connections as its greatest capacity has memory for, and refuses the next. That "
    "happens with the most tasks, while a new version comes, or when functions are called often: new tasks "
    "fail then, and those that work have no idea why."
)
FIX = (
    "Raise the capacity's `max`, say with `pool` in the connection that each task keeps fewer open (and set "
    "the program up so), give functions a `reserved_concurrency`, or write `proxy: true`."
)
MOST_ACU, STEP = 256, 0.5


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The writer's connections, then those of a reader; none of them behind a proxy."""
    spec = component.spec
    assert isinstance(spec, Database)
    for key in (writer(component.name), reader(component.name)):
        found = capacity.balance(key, platform)
        if found and found.is_short:
            taker = key.name.removeprefix("connections of ")
            ways = ", or ".join(_ways(found, spec, platform))
            message = (
                f"{figure(found.total)} connections of {found.sum_in_words}, but {taker} takes "
                f"{figure(found.pool.most)} {found.pool.how}; write {ways}"
            )
            yield Hit(("capacity", "max"), message)


def _ways(found: Balance, spec: Database, platform: Platform) -> Iterator[str]:
    """What would mend it, the plainest first."""
    consumers = [platform.components[each.component] for each in found.taken]
    copies = {consumer.name: capacity.copies(consumer, platform) for consumer in consumers}
    if boundless := [f"'{name}'" for name, each in sorted(copies.items()) if each and not each.bounded]:
        yield f"`reserved_concurrency` in {' and '.join(boundless)}"
    if right := _capacity(found.total, spec):
        yield f"'max: {right:g}'"
    yield "a smaller `pool` in connections"
    yield "`proxy: true`"


def _capacity(connections: float, spec: Database) -> float | None:
    """The least capacity at most that takes so many; None when none does."""
    steps = (STEP * number for number in range(math.ceil(spec.capacity.max / STEP), int(MOST_ACU / STEP) + 1))
    return next((acu for acu in steps if max_connections(spec.capacity.min, acu) >= connections), None)
