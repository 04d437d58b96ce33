"""D031: nobody can say who read a production bucket."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.logs import Logs
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_WARNING, Hit, Remedy

ID = "D031"
SEVERITY = PRODUCTION_WARNING
SUMMARY = "requests to production buckets are not recorded"
WHY = "After a leak the first question is which objects were read, and by whom. Only these records answer it."
FIX = "Write `access_logs: true` under `logs`, or leave it out: production has it by default."
SOURCE = "S3 user guide, 'Logging requests with server access logging', 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The switch, in a platform that makes buckets."""
    assert isinstance(component.spec, Logs)
    made = [bucket.name for bucket in platform.of_kind("bucket") if not bucket.adopted]
    if made and not component.spec.access_logs:
        message = f"'access_logs: false' records no request to {', '.join(made)}; write true"
        yield Hit(("access_logs",), message, Remedy("set", ("access_logs",), True))
