"""What a stream must carry -> the shards that takes, what binds, and what shards carry."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, NamedTuple

from compiler.kind import Problem, Record, about
from compiler.units import BYTES, PERCENT, SIZE, byte_count, mebibytes, percent
from compiler.words import count, figure

# What one shard takes in and gives out. Source: Kinesis developer guide, "Quotas and limits", 2026.
SHARD_MIB_IN, SHARD_RECORDS_IN, SHARD_MIB_OUT = 1, 1000, 2
SMALLEST_LIMIT = "1MiB"  # of a record's size, and Kinesis' own default; same source
MOST_SHARDS = 10_000  # what `UpdateShardCount` takes; same source
SOURCE = "Kinesis developer guide, 'Quotas and limits', 2026"


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


class Rate(NamedTuple):
    """One thing of which a shard does only so much in a second."""

    unit: str
    amount: float  # of the whole load, without headroom
    each: int  # that a shard does


def rates(load: Load) -> tuple[Rate, ...]:
    """The load in a second: records in, MiB in and MiB out."""
    records = load.devices * load.messages_per_second
    mib_in = records * mebibytes(load.message_size)
    return (
        Rate("records in", records, SHARD_RECORDS_IN),
        Rate("MiB in", mib_in, SHARD_MIB_IN),
        Rate("MiB out", mib_in * load.consumers, SHARD_MIB_OUT),
    )


def binding(load: Load) -> Rate:
    """The rate that needs most shards."""
    return max(rates(load), key=lambda rate: rate.amount / rate.each)


def needed(load: Load) -> int:
    """The larger of what the records in, the bytes in and the bytes out need, with headroom."""
    busiest = max(rate.amount / rate.each for rate in rates(load))
    return max(1, math.ceil(_clean(busiest * spare(load))))


def carried(load: Load, shards: int) -> float:
    """How many such messages in a second so many shards carry, with the headroom left free."""
    one = load.devices * load.messages_per_second
    return _clean(min(shards * rate.each * one / rate.amount for rate in rates(load)) / spare(load))


def _clean(number: float) -> float:
    """Without what binary fractions add: 100 x 1.1 is 110, which must not be rounded up to 111."""
    return float(f"{number:.12g}")


def spare(load: Load) -> float:
    """By what the load is multiplied for its headroom."""
    return 1 + percent(load.headroom) / 100


def sent(load: Load) -> str:
    """`10,000 devices x 1 message/s x 512B, read by 1 consumer`."""
    rate = load.messages_per_second
    return (
        f"{load.devices:,} devices x {figure(rate)} message{'' if rate == 1 else 's'}/s x "
        f"{load.message_size}, read by {count(load.consumers, 'consumer')}"
    )


def arithmetic(load: Load) -> str:
    """From the load to the shards, in one line."""
    most = binding(load)
    with_headroom = most.amount * spare(load)
    return (
        f"{sent(load)} = {in_words(load)} a second; + {load.headroom} headroom: {most.unit} bind, "
        f"{figure(with_headroom)} / {most.each:,} = {figure(with_headroom / most.each)}, so "
        f"{count(needed(load), 'shard')}"
    )


def in_words(load: Load) -> str:
    """`10,000 records in, 4.88 MiB in and 4.88 MiB out`."""
    *some, last = (f"{figure(rate.amount)} {rate.unit}" for rate in rates(load))
    return f"{', '.join(some)} and {last}"


def answer(load: Load, shards: int) -> str:
    """What so many shards carry of such a load: messages, devices."""
    messages = math.floor(carried(load, shards))
    devices = math.floor(_clean(carried(load, shards) / load.messages_per_second))
    return (
        f"{count(shards, 'shard')} carr{'ies' if shards == 1 else 'y'} {messages:,} such messages a second "
        f"with that headroom, {devices:,} devices"
    )


def load_problems(load: Load) -> Iterable[Problem]:
    """A load that no stream carries."""
    if needed(load) > MOST_SHARDS:
        message = (
            f"{arithmetic(load)}, but a stream has {MOST_SHARDS:,} at most; spread it over several streams"
        )
        yield Problem(("load",), "E210", message)


def size_problems(most: str) -> Iterable[Problem]:
    """A limit that is not whole KiB."""
    if byte_count(most) % BYTES["KiB"]:
        below = byte_count(most) // BYTES["KiB"]
        message = f"{most} is not whole KiB; write {below}KiB or {below + 1}KiB"
        yield Problem(("max_record_size",), "E105", message)
