"""D019: a production cache that starts empty after the worst."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import windows
from compiler.kinds.cache.spec import Cache, snapshot_days
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_WARNING, Hit, Remedy

ID = "D019"
SEVERITY = PRODUCTION_WARNING
SUMMARY = "a production cache takes no snapshots"
WHY = (
    "A cache that is replaced or emptied by mistake comes back without a key: sessions and device states are "
    "gone, and the database takes the whole load while it fills again."
)
FIX = (
    "Write `snapshots: {retention: 7d}`, or leave it out; waive it where all keys can be made again cheaply."
)
SOURCE = "ElastiCache user guide, 'Snapshot and restore', 2026"

USUAL = "7d"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """For how many days snapshots are kept."""
    spec = component.spec
    assert isinstance(spec, Cache)
    if snapshot_days(spec) == 0:
        message = f"'retention: 0d' takes no snapshots, so a lost cache starts empty; write {USUAL}"
        yield Hit(("snapshots", "retention"), message, _remedy(spec))


def _remedy(spec: Cache) -> Remedy | None:
    """None where the windows meet, which is refused as soon as there are snapshots."""
    meet = spec.mode == "nodes" and windows.overlap(spec.snapshots.window, spec.maintenance_window)
    return None if meet else Remedy("set", ("snapshots", "retention"), USUAL)
