"""Rules about the shards of Kinesis streams, which somebody else may have changed meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

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


RULES = (Rule("R147", "routine", "the number of a stream's shards is set", _shards),)
