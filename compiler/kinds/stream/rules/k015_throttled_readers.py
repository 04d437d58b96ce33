"""K015: a function may run less often at one time than the shards call it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.stream import Stream, most_shards
from compiler.model import Component, Platform
from compiler.rule import STRICT_IN_PRODUCTION, Hit

ID = "K015"
SEVERITY = STRICT_IN_PRODUCTION
SUMMARY = "a function's reserved concurrency is less than the calls that a stream's shards start"
WHY = "Every shard calls it on its own. Calls that find no place are throttled, and their shards fall behind."
FIX = "Reserve as many calls as there are shards, times `parallelization`, or lower that."
SOURCE = "Lambda developer guide, 'Using Lambda to process records from Amazon Kinesis Data Streams'"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Each function that reads the stream; with 0 people stop one, stream or not, which is meant."""
    spec = component.spec
    assert isinstance(spec, Stream)
    count = most_shards(spec)
    for use in platform.users_of(component.name):
        reserved = getattr(platform.components[use.consumer].spec, "reserved_concurrency", None)
        if use.verb != "consume" or not (count and reserved):
            continue
        started = count * use.options.get("parallelization", 1)
        if reserved < started:
            message = (
                f"{count} shards start {started} calls of '{use.consumer}' at one time, more than its "
                f"`reserved_concurrency` of {reserved}; write {started} or more there"
            )
            yield Hit((), message)
