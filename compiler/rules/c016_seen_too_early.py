"""C016: a queue that hands a message out again while the first call may still work on it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.model import Platform
from compiler.receivers import advised, receivers
from compiler.rule import ERROR, Hit, Remedy
from compiler.units import duration

ID = "C016"
SEVERITY = ERROR
WAIVABLE = False
SUMMARY = "a queue shows a message again before the function that works on it must end"
WHY = (
    "A second call would begin on the same message while the first still runs; Lambda refuses to read such "
    "a queue at all ('Queue visibility timeout ... is less than Function timeout')."
)
FIX = "Make the queue's `visibility_timeout` six times the function's `timeout`, plus the `window`."
SOURCE = "Lambda developer guide, 'Creating and configuring an Amazon SQS event source mapping', 2026"


def check(platform: Platform) -> Iterator[Hit]:
    """Each function that may take longer than its queue hides a message."""
    for found in receivers(platform):
        if found.hidden >= found.longest:
            continue
        right = duration(advised(platform, found.queue))
        message = (
            f"'{found.queue.name}' shows a message again after {duration(found.hidden)}, but a call may take "
            f"{duration(found.longest)}; write `visibility_timeout: {right}` there, with room for tries"
        )
        remedy = Remedy("set", (*found.queue.path, "visibility_timeout"), right)
        yield Hit((*found.consumer.path, "connections", found.queue.name), message, remedy)
