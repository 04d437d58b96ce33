"""P022: engine versions and node types of caches, as the region offers them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from compiler.deploy.account import Read
from compiler.preflight.check import Hit, Look
from compiler.preflight.site import Resource, Site

ID = "P022"
TITLE = "cache engines"
SUMMARY = (
    "Whether the region offers the engine version, and whether it sells the node type. There is no call that "
    "says which types can be had; those that can be reserved are taken for them, so that is a warning only."
)
SOURCE = "Amazon ElastiCache API reference, DescribeCacheEngineVersions, DescribeReservedCacheNodesOfferings"
_VERSIONS = Read("elasticache", "DescribeCacheEngineVersions", "CacheEngineVersions")
_OFFERS = Read("elasticache", "DescribeReservedCacheNodesOfferings", "ReservedCacheNodesOfferings")
READS = (_VERSIONS, _OFFERS)
_GROUP = "AWS::ElastiCache::ReplicationGroup"


def looks(site: Site) -> Iterator[Look]:
    """Version and node type of each cache."""
    for cache in site.of(_GROUP):
        if version := site.text(cache.properties.get("EngineVersion")):
            yield partial(_version, site, cache, version)
        if type_ := site.text(cache.properties.get("CacheNodeType")):
            yield partial(_type, site, cache, type_)


def _version(site: Site, cache: Resource, version: str) -> Iterator[Hit]:
    engine = site.text(cache.properties.get("Engine")) or "redis"
    offered = [found["EngineVersion"] for found in site.account.ask(_VERSIONS, Engine=engine)]
    # The spec may say 7.1 where the region says 7.1.0, and the reverse.
    if not any(f"{one}.".startswith(f"{version}.") or f"{version}.".startswith(f"{one}.") for one in offered):
        message = f"{engine} {version} is not offered in {site.region}; offered: {', '.join(sorted(offered))}"
        yield Hit("error", message, "set `version` to one that is offered", cache)


def _type(site: Site, cache: Resource, type_: str) -> Iterator[Hit]:
    if not site.account.ask(_OFFERS, CacheNodeType=type_):
        message = f"{type_} cannot be reserved in {site.region}, so it is likely not offered"
        yield Hit("warning", message, "choose another `node_type`", cache)
