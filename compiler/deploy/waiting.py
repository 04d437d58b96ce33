"""Several things under way at once, in one thread: generators that yield None when they have to wait."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, TypeVar

from compiler.deploy.clock import Clock, Pace

T = TypeVar("T")
_AT_ONCE = 25  # each is asked about in every round
Waiting = Generator[None, None, T]


def together(under_way: Mapping[str, Waiting[T]], clock: Clock) -> dict[str, T]:
    """What each of them returns, by name, in the order given; the first exception ends it all.

    Of many, only some are under way at a time.
    """
    pace, results, left = Pace(clock), dict[str, T](), dict(under_way)
    while left:
        for name in list(left)[:_AT_ONCE]:
            if (end := _step(left[name])) is not None:
                results[name] = end.value
                del left[name]
        if left:
            pace.wait()
    return {name: results[name] for name in under_way}


def _step(under_way: Generator[None, None, Any]) -> StopIteration | None:
    try:
        next(under_way)
    except StopIteration as end:
        return end
    return None
