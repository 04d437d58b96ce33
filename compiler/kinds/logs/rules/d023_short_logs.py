"""D023: production logs that are gone when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.logs import Logs
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_WARNING, Hit, Remedy
from compiler.units import seconds

ID = "D023"
SEVERITY = PRODUCTION_WARNING
SUMMARY = "production logs are kept for less than 90 days, and archived for no longer"
WHY = (
    "An intruder is often found weeks after the first step, and an incident is understood by comparing it "
    "with the months before. What is gone by then cannot be asked."
)
FIX = "Write `retention: 90d` or more, or an `archive`, which keeps them in a bucket."
SOURCE = "Well-Architected, SEC04-BP01 'Configure service and application logging', 2026"

LEAST = "90d"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The longer of the two: the log groups, and the archive where there is one."""
    spec = component.spec
    assert isinstance(spec, Logs)
    kept = [spec.retention, *([spec.archive.bucket_retention] if spec.archive else [])]
    if max(map(seconds, kept)) < seconds(LEAST):
        message = (
            f"log events are kept for {max(kept, key=seconds)}; write {LEAST} or more, or an `archive` that "
            "keeps them so long"
        )
        yield Hit(("retention",), message, Remedy("set", ("retention",), LEAST))
