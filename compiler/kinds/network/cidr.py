"""The text of a VPC's block -> what is wrong with it, or the block."""

from __future__ import annotations

import re
from ipaddress import IPv4Network

from compiler.kinds.network.slots import LARGEST_PREFIX, SMALLEST_PREFIX

# Source: VPC user guide, "VPC CIDR blocks" (RFC 1918, and the shared space of RFC 6598), 2026.
PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))


def no_block(text: str) -> str | None:
    """Why a text is no block of addresses, or None."""
    try:
        block = IPv4Network(text, strict=False)
    except ValueError:
        block = None
    if block is None or not re.fullmatch(r"[0-9.]+/[0-9]{1,2}", text):
        return f"'{text}' is no IPv4 block; write an address and a prefix, such as 10.0.0.0/16"
    if str(block) != text:
        return f"'{text}' does not start where its block does; write '{block}'"
    return None


def malformed(text: str) -> str | None:
    """Why a text is no block that a VPC can have, or None."""
    if wrong := no_block(text):
        return wrong
    block = IPv4Network(text)
    if block.prefixlen < LARGEST_PREFIX:
        return f"'{block}' is too large for a VPC; write a /{LARGEST_PREFIX} to a /{SMALLEST_PREFIX}"
    if not any(block.subnet_of(private) for private in PRIVATE):
        return f"'{block}' is not private; choose a block inside {', '.join(map(str, PRIVATE))}"
    return None


def too_small(block: IPv4Network) -> str | None:
    """Why a block cannot hold the subnets of three zones, or None."""
    if block.prefixlen <= SMALLEST_PREFIX:
        return None
    return (
        f"'{block}' is too small for private, public and isolated subnets in three availability zones; "
        f"write a /{LARGEST_PREFIX} to a /{SMALLEST_PREFIX}"
    )
