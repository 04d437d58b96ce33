"""Rules about the shards of Kinesis streams, which somebody else may have changed meanwhile."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from compiler.review.case import Case, Rule


def _shards(case: Case) -> Iterator[str]:
    if case.type != "AWS::Kinesis::Stream" or case.action != "modify":
        return
    old, new = case.old("ShardCount"), case.new("ShardCount")
    # A stream that turns to or from AWS's own count has one number only.
    if old is not None and new is not None and old != new:
        # Source: Kinesis API reference, "UpdateShardCount", 2026.
        yield (
            f"the stream gets {new} shards however many a scaler has given it, "
            "and AWS refuses more than twice or less than half of what is live"
        )


def _leaps(case: Case) -> Iterator[str]:
    """No refusal: a scaler may have brought the stream nearer, which no template tells."""
    old, new = case.old("ShardCount"), case.new("ShardCount")
    if case.type != "AWS::Kinesis::Stream" or case.action != "modify" or not _counted(old, new):
        return
    nearest = old * 2 if new > old else math.ceil(old / 2)
    if new > old * 2 or new < nearest:
        yield (
            f"from {old} to {new} shards is too far for one step: AWS refuses more than twice or less than "
            f"half of what is live; deploy {nearest} first, unless a scaler has brought it nearer"
        )


def _counted(*numbers: Any) -> bool:
    return all(isinstance(number, int) for number in numbers)


RULES = (
    Rule("R148", "interrupting", "a stream gets more or fewer shards than AWS gives in one step", _leaps),
    Rule("R147", "routine", "the number of a stream's shards is set", _shards),
)
