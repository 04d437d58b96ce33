"""D016: windows in which ElastiCache cannot do what they are for."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import windows
from compiler.kinds.cache.spec import Cache, snapshot_days
from compiler.model import Component, Platform
from compiler.rule import ERROR, Hit

ID = "D016"
SEVERITY = ERROR
WAIVABLE = False
SUMMARY = "a cache's windows are too short, or meet"
WHY = "ElastiCache takes no window of less than 60 minutes, and takes no snapshots while it patches."
FIX = "Move one of the windows, or make it longer."
SOURCE = "ElastiCache API reference, 'CreateReplicationGroup', 2026"

SHORTEST = 60  # minutes


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The windows of a cache of nodes; a serverless one has only a time."""
    spec = component.spec
    assert isinstance(spec, Cache)
    if spec.mode != "nodes":
        return
    snapshots, maintenance = spec.snapshots.window, spec.maintenance_window
    for path, window in ((("snapshots", "window"), snapshots), (("maintenance_window",), maintenance)):
        if (minutes := windows.length(window)) < SHORTEST:
            yield Hit(
                path, f"a window of {minutes} minutes is too short; ElastiCache wants {SHORTEST} or more"
            )
    if snapshot_days(spec) and windows.overlap(snapshots, maintenance):
        message = f"{maintenance} meets the snapshot window {snapshots}; move one of the two"
        yield Hit(("maintenance_window",), message)
