"""N003: a block that overlaps with a network it must be able to talk to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

from compiler.kinds.network import Network, blocks
from compiler.model import Component, Platform
from compiler.rule import STRICT_IN_PRODUCTION, Hit

ID = "N003"
SEVERITY = STRICT_IN_PRODUCTION
SUMMARY = "a network's block overlaps with one that it is joined with"
WHY = "No route can tell two networks of the same addresses apart, and a VPC keeps its block for good."
FIX = "Choose another `cidr` (or `recovery_cidr`), or take the block out of `joined_with`."
SOURCE = (
    "VPC peering guide, 'Unsupported VPC peering configurations'; Docker documentation, 'Networking overview'"
)

# Docker's own bridge: what has such an address cannot be reached from a container in bridge mode.
TAKEN = {"172.17.0.0/16": "Docker's own network on every host"}


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Each of the network's blocks, for each block that it meets."""
    spec = component.spec
    assert isinstance(spec, Network)
    others = TAKEN | dict.fromkeys(spec.joined_with, "a network that this one is joined with")
    for name, text in blocks(spec):
        for block, whose in _met(text, others).items():
            yield Hit((name,), f"'{text}' overlaps with {block}, {whose}; choose another block")
    # Across regions the two are usually peered; without a block of its own, the second is not meant to be.
    if spec.recovery_cidr and _meet(spec.cidr, spec.recovery_cidr):
        message = f"'{spec.recovery_cidr}' overlaps with 'cidr', {spec.cidr}; choose another block"
        yield Hit(("recovery_cidr",), message)


def _met(text: str, others: Mapping[str, str]) -> dict[str, str]:
    return {block: whose for block, whose in sorted(others.items()) if _meet(text, block)}


def _meet(one: str, other: str) -> bool:
    return IPv4Network(one, strict=False).overlaps(IPv4Network(other, strict=False))
