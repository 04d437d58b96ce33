"""Platform -> what losing its region would cost each component: what is lost, and for how long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from compiler import protection
from compiler.model import Component, Platform
from compiler.places import home_layer
from compiler.protection import Outlook
from compiler.registry import all_kinds
from compiler.words import article

PERIODS = {"day": "a day", "week": "a week", "month": "a month"}
# AWS promises no time for a copy or a restore.
COPY_SOURCE = "AWS Backup developer guide, 'Creating backup copies across AWS Regions', 2026"
# Where components live that hold data, and where those that run or carry something.
DATA, STATELESS = "data", ("compute", "edge")


@dataclass(frozen=True)
class Prospect:
    """One component: how it comes back, or why it does not."""

    component: str
    kind: str
    outlooks: tuple[Outlook, ...]  # the quickest first
    reason: str = ""  # why there is none

    @property
    def is_covered(self) -> bool:
        return bool(self.outlooks)


def prospects(platform: Platform) -> tuple[Prospect, ...]:
    """Every component that holds data, sorted by name."""
    return tuple(
        _prospect(component, platform)
        for component in platform.components.values()
        if home_layer(component) == DATA
    )


def stateless(platform: Platform) -> tuple[str, ...]:
    """The components that would be deployed anew in the second region, sorted."""
    made = (component for component in platform.components.values() if not component.adopted)
    return tuple(component.name for component in made if home_layer(component) in STATELESS)


def _prospect(component: Component, platform: Platform) -> Prospect:
    found = (*_followed(component, platform), *_copied(component, platform))
    reason = "" if found else _reason(component, platform)
    return Prospect(component.name, component.kind, found, reason)


def _followed(component: Component, platform: Platform) -> Iterable[Outlook]:
    recovery = all_kinds()[component.kind].recovery
    found = recovery.outlook(component, platform) if recovery else None
    return (found,) if found else ()


def _copied(component: Component, platform: Platform) -> Iterable[Outlook]:
    plans, copied = protection.plans(platform), protection.copy_regions(platform)
    for name in protection.taken_by(component, platform):
        if name in copied:
            yield Outlook(
                f"{PERIODS[plans[name]['every']]}, and the time that the copy takes",
                "hours: restore from the copy; the more data, the longer",
                f"copies of the backups of {name}",
                COPY_SOURCE,
            )


def _reason(component: Component, platform: Platform) -> str:
    kind, standing = all_kinds()[component.kind], protection.standing(platform)
    if component.adopted:
        return "it exists already, and whoever made it has to keep it"
    if kind.lost:
        return kind.lost
    if not protection.second_region(platform):
        return "nothing is in a second region; write `disaster_recovery`, or a backup plan with `copy_to`"
    if standing and component.name in standing.excluded:
        return "`disaster_recovery` excludes it, and no plan that copies takes it"
    if kind.recovery and not protection.stands_by(platform):
        return "it is in the second region from tier 'pilot_light' on"
    return f"nothing of {article(component.kind.replace('_', ' '))} is in a second region"
