"""K003: more consumers share a stream than its shards can give records to."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.stream import Stream, most_shards
from compiler.kinds.stream.capacity import READS
from compiler.kinds.stream.fan_out import polling
from compiler.kinds.stream.load import SHARD_MIB_OUT, rates
from compiler.kinds.stream.load import SOURCE as SOURCE
from compiler.model import Component, Platform
from compiler.rule import STRICT_IN_PRODUCTION, Hit
from compiler.words import count as counted
from compiler.words import figure

ID = "K003"
SEVERITY = STRICT_IN_PRODUCTION
SUMMARY = "more consumers share a stream than its shards can serve"
WHY = (
    "All consumers that poll share 5 reads and 2 MiB a second of each shard. One too many, and all of them "
    "are refused now and then and fall behind, which shows only when the stream is busy."
)
FIX = (
    "Give some consumers throughput of their own with `enhanced_fan_out: true`, or say in the load's "
    "`consumers` how many share the stream, so that there are shards enough."
)


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The number of those who poll, then what they read together."""
    spec = component.spec
    assert isinstance(spec, Stream)
    readers = len(polling(component, platform))
    if readers > READS:
        message = (
            f"{readers} consumers poll, each shard answers {READS} calls a second; "
            f"write `{{access: consume, enhanced_fan_out: true}}` for {readers - READS} of them"
        )
        yield Hit((), message)
        return
    shards = most_shards(spec)
    if shards is None or spec.load is None or readers <= spec.load.consumers:
        return
    mib_in, most = rates(spec.load)[1].amount, shards * SHARD_MIB_OUT
    if mib_in * readers > most:
        total = figure(mib_in * readers)
        message = (
            f"{readers} consumers poll {figure(mib_in)} MiB a second each, {total} in all, "
            f"but {counted(shards, 'shard')} x {SHARD_MIB_OUT} give {most:,}; the load is for "
            f"{spec.load.consumers}: write 'consumers: {readers}', or `enhanced_fan_out: true` for "
            f"{readers - spec.load.consumers} of them"
        )
        yield Hit(("load",), message)
