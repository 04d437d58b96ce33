"""K007: all streams together have more shards than an account gets."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import capacity
from compiler.kinds.stream.capacity import SHARDS
from compiler.kinds.stream.load import SOURCE as SOURCE
from compiler.model import Component, Platform
from compiler.rule import WARNING, Hit
from compiler.words import figure

ID = "K007"
# The quota differs between regions in ways that the guide does not tell, and is raised on request.
SEVERITY = WARNING
SUMMARY = "the platform's streams have more shards than an account gets unasked"
WHY = (
    "An account has a quota of shards in each region, shared by all its streams. Above it no stream is made, "
    "and none gets further shards, when the load comes for which they were meant."
)
FIX = "Ask for a higher quota before the deployment (Service Quotas, Kinesis), or give streams fewer shards."


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The sum over all streams, told once: at the one with most."""
    found = capacity.exhausted(SHARDS, component, platform)
    if found:
        message = (
            f"{found.sum_in_words} are {figure(found.total)} shards, an account has "
            f"{figure(found.pool.most)} in {platform.environment.region} by default; have it raised first"
        )
        yield Hit(found.taken[0].draw.path, message)
