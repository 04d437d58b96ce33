"""G019: a component of production has had all its alarms turned off."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.model import Platform
from compiler.registry import all_kinds
from compiler.rule import PRODUCTION_ERROR, Hit

ID = "G019"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "a component of production has none of its alarms left"
WHY = "When it fails, people hear of it from their users."
FIX = "Keep one alarm at least, with another threshold if it rings too often."
SOURCE = "AWS Well-Architected Framework, reliability pillar, REL06-BP01 'Monitor all components'"


def check(platform: Platform) -> Iterator[Hit]:
    """Each component whose kind gives it alarms and that turns off every one."""
    kinds = all_kinds()
    for component in platform.components.values():
        settings = {} if component.adopted else getattr(component.spec, "alarms", {})
        if False not in settings.values():
            continue
        known = [alarm.name for alarm in kinds[component.kind].alarms(component, platform)]
        if known and all(settings.get(name) is False for name in known):
            message = f"all alarms of '{component.name}' are off ({', '.join(known)}); keep one at least"
            yield Hit((*component.path, "alarms"), message)
