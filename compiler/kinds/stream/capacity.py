"""Stream -> what its shards take in and give out, what its load asks for, and which calls it starts."""

from __future__ import annotations

import math
from collections.abc import Iterator

from compiler.draw import ACCOUNT, Draw, Fact, Figures, Key, Pool, calls
from compiler.kinds.stream import Stream, most_shards
from compiler.kinds.stream.fan_out import fan_outs, polling
from compiler.kinds.stream.load import (
    SHARD_MIB_IN,
    SHARD_MIB_OUT,
    SHARD_RECORDS_IN,
    SOURCE,
    Load,
    answer,
    arithmetic,
    in_words,
    needed,
    rates,
    sent,
)
from compiler.model import Component, Connection, Environment, Platform
from compiler.units import mebibytes
from compiler.words import count as counted
from compiler.words import figure

# Calls to read one shard in a second, of which each who polls makes one. Source: as SOURCE.
READS = 5
# What an on-demand stream takes in when it is new. It doubles what it took in the last 30 days at most. Same
# source.
FIRST_MIB_IN, FIRST_RECORDS_IN, FIRST_MIB_OUT = 4, 4000, 8
# What an on-demand stream takes in at most, by default. Same source.
LARGE_REGIONS = frozenset({"us-east-1", "us-west-2", "eu-west-1"})
MOST_MIB_IN, MOST_MIB_IN_LARGE = 200, 10 * 1024
# Shards of an account; of the other regions the guide says "1,000 or 6,000", not which has which.
QUOTA, QUOTA_LARGE = 1000, 20_000
SHARDS = Key(ACCOUNT, "shards of provisioned streams")


def figures(component: Component, platform: Platform) -> Figures:
    """Everything about one stream that runs out."""
    spec = component.spec
    assert isinstance(spec, Stream)
    count = most_shards(spec)
    if count is None:
        yield from _on_demand(spec.load, platform.environment)
    else:
        yield from _shards(component.name, spec, count, platform.environment)
    if spec.load:
        yield from _of_load(component, spec.load, platform)
    yield from _keys(spec.load)
    yield from _readers(component, platform)
    for use in polling(component, platform) + fan_outs(component, platform):
        yield from _calls(use, count)


def quota(environment: Environment) -> int:
    """How many shards an account has in the region by default, where the guide leaves a choice the fewest."""
    return QUOTA_LARGE if environment.region in LARGE_REGIONS else QUOTA


def most_read(component: Component, platform: Platform) -> int:
    """How many consumers share what shards give out: those of the load, or those connected when more."""
    spec = component.spec
    assert isinstance(spec, Stream)
    return max(len(polling(component, platform)), spec.load.consumers if spec.load else 0)


def _shards(name: str, spec: Stream, count: int, environment: Environment) -> Iterator[Pool | Draw | Fact]:
    shards = counted(count, "shard") + (" at most" if spec.scaling else "")
    each = (
        ("records in", SHARD_RECORDS_IN),
        ("MiB in", SHARD_MIB_IN),
        ("MiB out", SHARD_MIB_OUT),
    )
    for unit, one in each:
        yield Pool(Key(name, f"{unit} a second"), count * one, f"{shards} x {one:,}", SOURCE)
    yield Pool(SHARDS, quota(environment), f"default quota in {environment.region}", SOURCE)
    yield Draw(SHARDS, count, shards, ("scaling", "max_shards") if spec.scaling else ("shards",))
    if spec.load:
        yield Fact("shards needed", arithmetic(spec.load))
        yield Fact("what they carry", answer(spec.load, count))
        yield Pool(Key(name, "shards"), count, shards, SOURCE)
        how = f"with {spec.load.headroom} headroom"
        yield Draw(Key(name, "shards"), needed(spec.load), how, ("load",))


def _on_demand(load: Load | None, environment: Environment) -> Iterator[Fact]:
    most = MOST_MIB_IN_LARGE if environment.region in LARGE_REGIONS else MOST_MIB_IN
    yield Fact(
        "on demand",
        f"begins with {FIRST_RECORDS_IN:,} records and {FIRST_MIB_IN} MiB in, {FIRST_MIB_OUT} MiB out a "
        f"second; follows up to twice the most of the last 30 days, to {most:,} MiB in by default in "
        f"{environment.region}",
    )
    if load:
        yield Fact("the load", f"{sent(load)} = {in_words(load)} a second")


def _of_load(component: Component, load: Load, platform: Platform) -> Iterator[Draw]:
    """The load without its headroom, which is there to stay free."""
    records, mib_in, _ = rates(load)
    readers = most_read(component, platform)
    drawn = (
        (records, records.amount, f"{load.devices:,} devices x {figure(load.messages_per_second)}"),
        (mib_in, mib_in.amount, f"{figure(records.amount)} x {load.message_size}"),
    )
    for rate, amount, how in drawn:
        yield Draw(Key(component.name, f"{rate.unit} a second"), amount, how, ("load",))
    how = f"{figure(mib_in.amount)} shared by {counted(readers, 'consumer')}"
    yield Draw(Key(component.name, "MiB out a second"), mib_in.amount * readers, how, ("load",))


def _keys(load: Load | None) -> Iterator[Fact]:
    said = (
        f"all records of a partition key go to one shard: {SHARD_RECORDS_IN:,} records and "
        f"{SHARD_MIB_IN} MiB a second, whatever the number of shards"
    )
    if load:
        most = min(SHARD_RECORDS_IN, SHARD_MIB_IN / mebibytes(load.message_size))
        said += (
            f"; of {load.message_size} that is {figure(math.floor(most) or most)} messages, and one device "
            f"sends {figure(load.messages_per_second)}"
        )
    yield Fact("one key", said)


def _readers(component: Component, platform: Platform) -> Iterator[Fact]:
    if shared := [f"'{use.consumer}'" for use in polling(component, platform)]:
        text = f"{', '.join(shared)}: {len(shared)} of the {READS} calls a second that each shard answers"
        yield Fact("who polls", text)
    if registered := [f"'{use.consumer}'" for use in fan_outs(component, platform)]:
        own = f"{SHARD_MIB_OUT} MiB a second of each shard of its own"
        yield Fact("enhanced fan-out", f"{', '.join(registered)}: {own}")


def _calls(use: Connection, count: int | None) -> Iterator[Draw]:
    """The calls of a function that the shards start; nobody knows those that AWS counts."""
    if count is not None:
        at_once = int(use.options.get("parallelization", 1))
        how = f"{counted(count, 'shard')} of '{use.target}' x {at_once}"
        yield Draw(calls(use.consumer), count * at_once, how)
