"""A call that takes long, while the rest goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from typing import TypeVar

T = TypeVar("T")
_POLL_SECONDS = 0.02


def in_background(call: Callable[[], T]) -> Generator[None, None, T]:
    """Yields None until the call has ended; returns what it returns, raises what it raises.

    Whoever stops asking leaves it to itself: it does not keep the program from ending.
    """
    done: list[T] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            done.append(call())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(_POLL_SECONDS)
    while thread.is_alive():
        yield None
        thread.join(_POLL_SECONDS)
    if failed:
        raise failed[0]
    return done[0]
