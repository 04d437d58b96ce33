"""N001: a block that no VPC can have."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.network import Network, blocks
from compiler.kinds.network.cidr import malformed, no_block
from compiler.model import Component, Platform
from compiler.rule import ERROR, Hit

ID = "N001"
SEVERITY = ERROR
WAIVABLE = False
SUMMARY = "a network's block is malformed, larger than a VPC may be, or not private"
WHY = (
    "AWS refuses a VPC above /16, and addresses outside the private blocks belong to somebody else on the "
    "internet, who can then not be reached from the VPC."
)
FIX = "Write a block such as `10.0.0.0/16`."
SOURCE = "VPC user guide, 'VPC CIDR blocks'; RFC 1918 and RFC 6598"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Each block that is wrong; networks of others may have any size and place."""
    spec = component.spec
    assert isinstance(spec, Network)
    for name, text in blocks(spec):
        if wrong := malformed(text):
            yield Hit((name,), wrong)
    for number, text in enumerate(spec.joined_with):
        if wrong := no_block(text):
            yield Hit(("joined_with", number), wrong)
