"""C021: production keeps a new version that answers with errors."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.service.spec import Service
from compiler.kinds.service.strategy import shifts
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_ERROR, Hit, Remedy

ID = "C021"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "production keeps a new version whose alarms ring"
WHY = (
    "The circuit breaker takes back only versions whose tasks do not start. One that starts and fails stays "
    "until somebody is awake."
)
FIX = "Leave `rollback_on_alarm` on, and raise `error_rate` if some errors are usual."
SOURCE = "ECS developer guide, 'How CloudWatch alarms detect Amazon ECS deployment failures', 2026"

PLACE = ("deployment", "rollback_on_alarm")


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Rolling deployments without; where requests shift, alarms count in any case."""
    spec = component.spec
    assert isinstance(spec, Service)
    if not spec.deployment.rollback_on_alarm and not shifts(spec):
        message = (
            "'rollback_on_alarm: false' keeps a version that starts and then fails, whatever its alarms say; "
            "production needs true"
        )
        yield Hit(PLACE, message, Remedy("set", PLACE, True))
