"""P004: shards and on-demand streams of Kinesis."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from compiler.deploy.account import Read
from compiler.preflight.check import Hit, Look
from compiler.preflight.site import Properties, Resource, Site
from compiler.preflight.values import mapping, number

ID = "P004"
TITLE = "shards of the region"
SUMMARY = (
    "Open shards and on-demand streams of the account, and those that the templates would add, also to "
    "streams that are there already."
)
SOURCE = "Kinesis Data Streams API reference, DescribeLimits"
_LIMITS = Read("kinesis", "DescribeLimits")
READS = (_LIMITS,)
_STREAM = "AWS::Kinesis::Stream"


def looks(site: Site) -> Iterator[Look]:
    """One, when the templates add any."""
    added = {stream: _growth(site, stream) for stream in site.of(_STREAM)}
    if any(shards or streams for shards, streams in added.values()):
        yield partial(_look, site, added)


def _look(site: Site, added: dict[Resource, tuple[int, int]]) -> Iterator[Hit]:
    (limits,) = site.account.ask(_LIMITS)
    kinds = (
        ("shards", "OpenShardCount", "ShardLimit"),
        ("on-demand streams", "OnDemandStreamCount", "OnDemandStreamCountLimit"),
    )
    for place, (what, count, limit) in enumerate(kinds):
        wanted = sum(growth[place] for growth in added.values())
        if wanted and limits.get(count, 0) + wanted > limits.get(limit, 0):
            first = next(stream for stream, growth in added.items() if growth[place])
            yield Hit(
                "error",
                f"{what}: {limits[count]} in use and {wanted} to be made, but {limits[limit]} are allowed",
                "ask for more in the Service Quotas console, under Amazon Kinesis Data Streams",
                first,
            )


def _growth(site: Site, stream: Resource) -> tuple[int, int]:
    before = site.deployed.get(stream.key)
    shards, on_demand = _size(stream.properties)
    had_shards, had_on_demand = (0, 0) if before is None else _size(before)
    return max(0, shards - had_shards), max(0, on_demand - had_on_demand)


def _size(properties: Properties) -> tuple[int, int]:
    """Its shards, and whether it is an on-demand stream; one or the other."""
    mode = mapping(properties.get("StreamModeDetails")).get("StreamMode", "PROVISIONED")
    return (0, 1) if mode == "ON_DEMAND" else (number(properties.get("ShardCount"), 1), 0)
