"""C017: a queue that hides messages for less than AWS advises for the functions it starts."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.model import Platform
from compiler.receivers import FACTOR, Receiver, advised, receivers
from compiler.rule import WARNING, Hit, Remedy
from compiler.units import duration

ID = "C017"
SEVERITY = WARNING
SUMMARY = "a queue hides messages for less than six times the timeout of the function it starts"
WHY = (
    "When Lambda throttles the function, it tries the batch again while the message stays hidden. Without "
    "room for that the message comes back, counts as received once more, and lands among the dead letters "
    "although nobody has looked at it."
)
FIX = "Make the queue's `visibility_timeout` six times the function's `timeout`, plus the `window`."
SOURCE = "Lambda developer guide, 'Creating and configuring an Amazon SQS event source mapping', 2026"


def check(platform: Platform) -> Iterator[Hit]:
    """Each function whose queue hides messages for as long as a call takes, but not for the tries before."""
    for found in receivers(platform):
        if found.longest <= found.hidden < found.advised:
            right = duration(advised(platform, found.queue))
            message = (
                f"'{found.queue.name}' hides a message for {duration(found.hidden)}, but {_sum(found)} are "
                f"needed; write `visibility_timeout: {right}` there"
            )
            remedy = Remedy("set", (*found.queue.path, "visibility_timeout"), right)
            yield Hit((*found.consumer.path, "connections", found.queue.name), message, remedy)


def _sum(found: Receiver) -> str:
    more = f" + {found.window}s of window" if found.window else ""
    return f"{FACTOR} x {found.longest}s{more} = {found.advised}s"
