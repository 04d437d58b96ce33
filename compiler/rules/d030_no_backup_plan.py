"""D030: production data that no plan backs up."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.model import Component, Platform
from compiler.protection import EVERYTHING, plans, taken
from compiler.rule import PRODUCTION_WARNING, Hit

ID = "D030"
SEVERITY = PRODUCTION_WARNING
SUMMARY = "production holds data, and no plan of `backups` takes any of it"
WHY = (
    "What a service keeps of itself, such as versions, automated backups and points in time, goes when the "
    "component is deleted. Only a vault keeps backups beside the component, locks them, or copies them to "
    "another region."
)
FIX = 'Write a plan for production, such as `backups: {daily: {at: "04:00", retention: 35d}}`.'
SOURCE = "AWS Backup developer guide, 'What is AWS Backup?'; Well-Architected, REL09-BP01, 2026"


def check(platform: Platform) -> Iterator[Hit]:
    """What could be taken, in a platform without any plan; said at the first of it."""
    held = [each for each in taken({"components": EVERYTHING}, platform) if not _in_a_vault(each)]
    if held and not plans(platform):
        names = ", ".join(component.name for component in held)
        message = f'no plan backs up {names}; write one, such as `backups: {{daily: {{at: "04:00"}}}}`'
        yield Hit(held[0].path, message)


def _in_a_vault(component: Component) -> bool:
    """Whether the service itself has AWS Backup take it, as EFS does; such backups outlive the component."""
    return bool(getattr(component.spec, "automatic_backups", False))
