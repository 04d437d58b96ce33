"""G015: the alarms of production wake nobody."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.notifications import Notifications
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_WARNING, Hit

ID = "G015"
SEVERITY = PRODUCTION_WARNING
SUMMARY = "nobody hears of critical alarms in production"
WHY = "Every component has alarms, but a topic without a subscriber tells nobody that the platform is down."
FIX = "Name somebody: `notifications: {critical: [{email: oncall@example.com}]}`."
SOURCE = "CloudWatch user guide, 'Recommended alarms', best practices"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The list that is empty, or the switch that is off."""
    spec = component.spec
    assert isinstance(spec, Notifications)
    if not spec.critical:
        message = (
            "nobody hears of critical alarms; write who does, such as "
            "`notifications: {critical: [{email: oncall@example.com}]}`"
        )
        yield Hit(("critical",), message)
    elif not spec.enabled:
        message = "alarms are off; remove 'enabled: false', or they tell nobody"
        yield Hit(("enabled",), message)
