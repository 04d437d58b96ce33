"""Work -> results, by two processes where that is safe."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
WORKERS = 2  # a third would need more memory than a build may take


def shared_out(
    work: Callable[[Item], Result], items: Sequence[Item], *, alone: bool | None = None
) -> list[Result]:
    """`work` of each item, in the order of the items; put the longest first.

    What is loaded already is loaded in both processes, so load before. `alone` overrules `must_be_alone`.
    """
    if len(items) < 2 or (must_be_alone() if alone is None else alone):
        return [work(item) for item in items]
    # Late: a spec with one template needs none of it.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("fork")) as pool:
        return list(pool.map(work, items))


def must_be_alone() -> bool:
    """Whether a fork is unsafe or useless here: only Linux's is safe, and only while no other thread runs.

    Source: CPython documentation, `multiprocessing`, "Contexts and start methods".
    """
    return sys.platform != "linux" or threading.active_count() > 1 or len(os.sched_getaffinity(0)) < WORKERS
