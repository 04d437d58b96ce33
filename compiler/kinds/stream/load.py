"""What a stream must carry -> the shards that takes, and whether there can be so many."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated

from compiler.kind import Problem, Record, about
from compiler.units import BYTES, PERCENT, SIZE, byte_count, mebibytes, percent

# What one shard takes in and gives out. Source: Kinesis developer guide, "Quotas and limits", 2026.
SHARD_MIB_IN, SHARD_RECORDS_IN, SHARD_MIB_OUT = 1, 1000, 2
SMALLEST_LIMIT = "1MiB"  # of a record's size, and Kinesis' own default; same source
MOST_SHARDS = 10_000  # what `UpdateShardCount` takes; same source


class Load(Record):
    """What the stream must carry; the number of shards is computed from it."""

    devices: Annotated[int, about("How many producers send.", examples=[10000], ge=1, le=1_000_000_000)]
    messages_per_second: Annotated[
        float, about("What each of them sends.", examples=[0.2], gt=0, le=1_000_000)
    ]
    message_size: Annotated[
        str, about("The size of one message.", examples=["512B"], minimum="1B", maximum="10MiB", **SIZE)
    ]
    consumers: Annotated[
        int, about("How many consumers share the read throughput.", examples=[1], ge=1, le=100)
    ] = 1
    headroom: Annotated[
        str, about("Spare capacity above the load.", examples=["25%"], maximum="1000%", **PERCENT)
    ] = "25%"


def needed(load: Load) -> int:
    """The larger of what the records in, the bytes in and the bytes out need, with headroom."""
    records, mib_in, mib_out = _per_second(load)
    busiest = max(records / SHARD_RECORDS_IN, mib_in / SHARD_MIB_IN, mib_out / SHARD_MIB_OUT)
    return max(1, math.ceil(busiest * (1 + percent(load.headroom) / 100)))


def load_problems(load: Load, written: int | None) -> Iterable[Problem]:
    """A load that no stream carries, or that the shards written beside it do not."""
    records, mib_in, mib_out = _per_second(load)
    total = (
        f"the load, {records:,.0f} records, {mib_in:,.1f} MiB in and {mib_out:,.1f} MiB out in a second and "
        f"{load.headroom} more, needs {needed(load):,}"
    )
    if needed(load) > MOST_SHARDS:
        message = f"{total} shards, but a stream has {MOST_SHARDS:,} at most; spread it over several streams"
        yield Problem(("load",), "E210", message)
    elif written and written < needed(load):
        carried = (
            f"{written * SHARD_RECORDS_IN:,} records, {written * SHARD_MIB_IN:,} MiB in and "
            f"{written * SHARD_MIB_OUT:,} MiB out"
        )
        message = f"{written:,} shards carry {carried}; {total}; write {needed(load)}, or remove `shards`"
        yield Problem(("shards",), "E210", message)


def size_problems(most: str, load: Load | None) -> Iterable[Problem]:
    """A limit that is not whole KiB, and messages above it."""
    if byte_count(most) % BYTES["KiB"]:
        below = byte_count(most) // BYTES["KiB"]
        message = f"{most} is not whole KiB; write {below}KiB or {below + 1}KiB"
        yield Problem(("max_record_size",), "E105", message)
    if load and byte_count(load.message_size) > byte_count(most):
        message = f"records may be as large as {most} only; raise 'max_record_size'"
        yield Problem(("load", "message_size"), "E210", f"{load.message_size} is too much: {message}")


def _per_second(load: Load) -> tuple[float, float, float]:
    """Records, MiB in and MiB out in a second."""
    records = load.devices * load.messages_per_second
    mib_in = records * mebibytes(load.message_size)
    return records, mib_in, mib_in * load.consumers
