"""Cache -> the addresses that it takes."""

from __future__ import annotations

from compiler.draw import Draw, Figures, addresses, in_each_zone
from compiler.kinds.cache.spec import Cache, node_ids, serverless
from compiler.model import Component, Platform
from compiler.words import count as counted


def figures(component: Component, platform: Platform) -> Figures:
    """One for each node; a serverless cache has an endpoint in each zone."""
    spec = component.spec
    assert isinstance(spec, Cache)
    if serverless(spec):
        yield Draw(addresses("isolated"), 1, "its endpoint", ("mode",))
    else:
        nodes = len(node_ids(spec))
        how = f"{counted(nodes, 'node')} over all zones"
        yield Draw(addresses("isolated"), in_each_zone(nodes, platform), how, ("nodes",))
