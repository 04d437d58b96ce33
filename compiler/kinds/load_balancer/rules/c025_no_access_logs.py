"""C025: nobody knows afterwards who asked production for what."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.load_balancer.spec import LoadBalancer
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_ERROR, Hit, Remedy

ID = "C025"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "production's load balancer keeps no record of requests"
WHY = (
    "After an attack or a failure the records are the only ones that show every request, also those that no "
    "task has seen; they cannot be had later."
)
FIX = "Leave `access_logs` on, and shorten `access_log_retention` to pay less."
SOURCE = "AWS Foundational Security Best Practices, ELB.5, 2026"

PLACE = ("access_logs",)


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The switch turned off."""
    spec = component.spec
    assert isinstance(spec, LoadBalancer)
    if not spec.access_logs:
        message = "'access_logs: false' keeps no record of requests; production needs true"
        yield Hit(PLACE, message, Remedy("set", PLACE, True))
