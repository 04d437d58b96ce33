"""What is known of a stream -> how many shards it should have. Nothing here calls AWS."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

# What one shard takes in, in a second. Source: Kinesis developer guide, "Quotas and limits", 2026.
SHARD_BYTES, SHARD_RECORDS = 2**20, 1000
# Changes in a rolling day. Source: Kinesis API reference, "UpdateShardCount", 2026.
DAY, MOST_CHANGES = 24 * 3600, 10
# Taking shards away may never use up what adding some may need at any moment.
KEPT_FOR_MORE = 5
# Seconds after a change in which no shards are taken away: the load that came may come again.
PATIENCE = 3600


@dataclass(frozen=True)
class Limits:
    """What the spec asks for."""

    least: int
    most: int
    utilization: float  # the share of the shards' capacity to aim at, above 0 and below 1


@dataclass(frozen=True)
class Seen:
    """What the stream looks like now; times are seconds, amounts are per second."""

    shards: int
    now: float
    high: bool  # the alarm that asks for more rings
    low: bool  # the alarm that asks for fewer rings
    recent_bytes: float  # the busiest of the last minutes
    recent_records: float
    hour_bytes: float  # the busiest minute of the last hour
    hour_records: float
    history: Sequence[tuple[float, int]] = ()  # when the stream had how many shards, oldest first


@dataclass(frozen=True)
class Decision:
    """How many shards to have, and why."""

    shards: int
    reason: str


def decide(limits: Limits, seen: Seen) -> Decision:
    """The shards to have next; those there are when nothing is to change.

    One step only: never above the double, never below the half, which AWS refuses.
    """
    if seen.shards < limits.least:
        return Decision(_up(seen.shards, limits.least), f"fewer than the {limits.least} there must be")
    if seen.shards > limits.most:
        return Decision(_down(seen.shards, limits.most), f"more than the {limits.most} there may be")
    if seen.high:
        return _more(limits, seen)
    if seen.low:
        return _fewer(limits, seen)
    return Decision(seen.shards, "no alarm rings")


def _more(limits: Limits, seen: Seen) -> Decision:
    wanted = needed(limits, seen.recent_bytes, seen.recent_records)
    if wanted <= seen.shards:
        # An alarm rings on for some minutes after what it asked for has been done.
        return Decision(seen.shards, f"{wanted} wanted in the last minutes")
    if seen.shards == limits.most:
        return Decision(seen.shards, f"{wanted} wanted, but there may be no more than {limits.most}")
    return Decision(min(_up(seen.shards, wanted), limits.most), f"{wanted} wanted")


def _fewer(limits: Limits, seen: Seen) -> Decision:
    wanted = max(needed(limits, seen.hour_bytes, seen.hour_records), limits.least)
    if wanted >= seen.shards:
        return Decision(seen.shards, f"{wanted} wanted in the last hour")
    changes = changed(seen)
    if changes and seen.now - changes[-1] < PATIENCE:
        return Decision(seen.shards, f"{wanted} wanted, but the last change is less than an hour old")
    if len(changes) >= MOST_CHANGES - KEPT_FOR_MORE:
        left = MOST_CHANGES - len(changes)
        return Decision(seen.shards, f"{wanted} wanted, but the {left} changes left today are kept for more")
    return Decision(_down(seen.shards, wanted), f"{wanted} wanted")


def needed(limits: Limits, bytes_in: float, records_in: float) -> int:
    """The shards that carry so much at the utilization aimed at; 1 at least."""
    shards = max(bytes_in / SHARD_BYTES, records_in / SHARD_RECORDS)
    return max(1, math.ceil(shards / limits.utilization))


def changed(seen: Seen) -> list[float]:
    """When the number of shards changed within the last day, oldest first."""
    known = [*seen.history, (seen.now, seen.shards)]
    return [at for (_, before), (at, after) in pairwise(known) if before != after and seen.now - at < DAY]


def _up(shards: int, wanted: int) -> int:
    """The least step that is enough, or the largest allowed; in quarters, which AWS makes faster."""
    steps = (math.ceil(shards * quarters / 4) for quarters in (5, 6, 7, 8))
    return next((step for step in steps if step >= wanted), 2 * shards)


def _down(shards: int, wanted: int) -> int:
    steps = (math.ceil(shards * quarters / 4) for quarters in (2, 3))
    return next((step for step in steps if step >= wanted), wanted)
