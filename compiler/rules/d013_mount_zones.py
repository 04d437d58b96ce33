"""D013: consumers in a zone in which a filesystem has no mount target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.model import Component, Platform
from compiler.rule import ERROR, Hit

ID = "D013"
SEVERITY = ERROR
SUMMARY = "an existing network has more zones for what runs than a filesystem has mount targets"
WHY = (
    "A filesystem is reached through the mount target of the consumer's own zone, and has one in each "
    "isolated subnet. What starts in a zone without one cannot mount it, so some tasks or calls fail."
)
FIX = "Name an isolated subnet in each zone that has a private one, or fewer private subnets."
SOURCE = "EFS user guide, 'Managing mount targets'; ECS developer guide, 'EFS volumes', 2026"


def check(platform: Platform) -> Iterator[Hit]:
    """Compares the two tiers of a network that exists already; of others every zone has both."""
    network = platform.components.get("network")
    existing: Any = getattr(network.spec, "existing", None) if network else None
    if network is None or existing is None:
        return
    run, hold = len(existing.private_subnets), len(existing.isolated_subnets)
    for filesystem in platform.of_kind("filesystem"):
        if run > hold and (users := _users(filesystem, platform)):
            message = (
                f"'{filesystem.name}' has mount targets in {hold} zones, and those who mount it "
                f"({users}) run in {run}; name {run} subnets here, one in each zone of the private ones"
            )
            yield Hit((*network.path, "existing", "isolated_subnets"), message)


def _users(filesystem: Component, platform: Platform) -> str:
    """Who mounts a filesystem that is made here, sorted; of one that exists the owner sees to it."""
    if filesystem.adopted:
        return ""
    return ", ".join(sorted({use.consumer for use in platform.users_of(filesystem.name)}))
