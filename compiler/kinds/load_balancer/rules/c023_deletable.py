"""C023: production's load balancer can be deleted."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.load_balancer.spec import LoadBalancer
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_ERROR, Hit, Remedy

ID = "C023"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "production's load balancer is not protected from being deleted"
WHY = (
    "A change that replaces it, or a hand in the console, takes every service off the network at once, and "
    "its name and addresses do not come back."
)
FIX = "Leave `deletion_protection` on; turn it off in a deployment of its own when it is to go."
SOURCE = "AWS Foundational Security Best Practices, ELB.6, 2026"

PLACE = ("deletion_protection",)


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The switch turned off."""
    spec = component.spec
    assert isinstance(spec, LoadBalancer)
    if not spec.deletion_protection:
        message = "'deletion_protection: false' lets one call delete what all requests go through; write true"
        yield Hit(PLACE, message, Remedy("set", PLACE, True))
