"""K005: records expire sooner than consumers may be away."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.stream import Stream
from compiler.kinds.stream.load import SOURCE as SOURCE
from compiler.model import Component, Platform
from compiler.rule import STRICT_IN_PRODUCTION, Hit, Remedy
from compiler.units import WORTH, not_whole, seconds

ID = "K005"
SEVERITY = STRICT_IN_PRODUCTION
SUMMARY = "a stream keeps records for less time than its consumers may be away"
WHY = (
    "What no consumer has read when its retention ends is gone, and nothing tells. A consumer that fails on "
    "a Friday evening is mended on Monday."
)
FIX = "Write a `retention` as long as the `outage_objective`, or lower that one."


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The retention against the outage that is to be survived."""
    spec = component.spec
    assert isinstance(spec, Stream)
    if seconds(spec.retention) < seconds(spec.outage_objective):
        message = (
            f"records are kept for {spec.retention}, and consumers may be away for {spec.outage_objective}; "
            f"write {spec.outage_objective} or more"
        )
        whole = not not_whole(spec.outage_objective, "h") and seconds(spec.outage_objective) >= WORTH["d"]
        remedy = Remedy("set", ("retention",), spec.outage_objective) if whole else None
        yield Hit(("retention",), message, remedy)
