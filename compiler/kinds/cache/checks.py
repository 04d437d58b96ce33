"""What can be wrong with a cache that the schema does not see."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.diagnostics import suggest
from compiler.kind import Problem
from compiler.kinds.cache.engine import MOST_NODES, NODE_TYPES, VERSIONS
from compiler.kinds.cache.spec import Cache, version
from compiler.model import Component, Platform

# What only one of the modes knows.
ONLY: dict[str, tuple[str, ...]] = {
    "nodes": ("node_type", "nodes", "shards", "eviction", "maintenance_window", "minor_upgrades"),
    "serverless": ("limits",),
}


def check(component: Component, platform: Platform) -> Iterable[Problem]:
    """The mode, version and nodes, where they contradict each other or what AWS takes."""
    spec = component.spec
    assert isinstance(spec, Cache)
    for key in _of_other_modes(spec):
        if platform.origin((*component.path, key)).position:  # written, not a default
            yield Problem((key,), "E210", f"a cache of mode '{spec.mode}' has no '{key}'; remove it")
    if version(spec) not in VERSIONS[spec.engine]:
        offered = ", ".join(sorted(VERSIONS[spec.engine]))
        message = f"{spec.engine} has no version '{spec.version}'; allowed: {offered}"
        yield Problem(("version",), "E104", message)
    if spec.mode == "nodes":
        yield from _check_nodes(spec)


def _of_other_modes(spec: Cache) -> Iterable[str]:
    others = (key for mode, keys in ONLY.items() if mode != spec.mode for key in keys)
    return (key for key in others if getattr(spec, key) is not None)


def _check_nodes(spec: Cache) -> Iterable[Problem]:
    if spec.node_type not in NODE_TYPES:
        message = f"ElastiCache has no nodes of type '{spec.node_type}'{suggest(spec.node_type, NODE_TYPES)}"
        yield Problem(("node_type",), "E104", message)
    if (count := spec.nodes * (spec.shards or 1)) > MOST_NODES:
        message = f"{spec.shards} shards of {spec.nodes} nodes are {count}, ElastiCache allows {MOST_NODES}"
        yield Problem(("shards",), "E210", message)
