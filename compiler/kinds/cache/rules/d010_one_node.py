"""D010: in production no replica takes over."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.cache.spec import Cache
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_ERROR, Hit, Remedy

ID = "D010"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "a production cache has one node, so neither failover nor a second zone"
WHY = (
    "Failover and Multi-AZ need a replica, and Formwork turns both on from two nodes on. With one, a failed "
    "or patched node takes all keys with it, and what the cache shields meets the whole load at once."
)
FIX = "Write `nodes: 2` or more, or `mode: serverless`, which is in several zones by itself."
SOURCE = (
    "ElastiCache user guide, 'Minimizing downtime in ElastiCache by using Multi-AZ'; ElastiCache SLA, 2026"
)


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The number of nodes, in each shard where there are shards."""
    spec = component.spec
    assert isinstance(spec, Cache)
    if spec.mode == "nodes" and spec.nodes == 1:
        each = " in each shard" if spec.shards else ""
        message = (
            f"'nodes: 1'{each} has no replica, so there is no failover and no second zone; write 2 or more"
        )
        yield Hit(("nodes",), message, Remedy("set", ("nodes",), 2))
