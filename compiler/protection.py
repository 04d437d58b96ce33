"""What keeps data beyond one region: the backup plans, and the tier of recovery, as every kind may ask.

Kinds never import each other, so what they must know of `backups` and `disaster_recovery` is read from the
platform's values here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from compiler.kind import RECOVERY_LAYERS, Layer
from compiler.model import Component, Platform
from compiler.registry import all_kinds

Tier = Literal["backup_restore", "pilot_light", "warm_standby"]
EVERYTHING = "all"
# How names of regions begin outside of AWS's largest partition; nothing goes from one partition to another.
# Source: botocore, `endpoints.json`, 2026-10.
PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
}


class Standing(NamedTuple):
    """What `disaster_recovery` asks for."""

    region: str
    tier: Tier
    excluded: tuple[str, ...]


def standing(platform: Platform) -> Standing | None:
    """What the platform's `disaster_recovery` asks for; None without that section."""
    values = platform.values.get("disaster_recovery")
    if values is None:
        return None
    return Standing(values["region"], values["tier"], tuple(values["excluded"]))


def second_region(platform: Platform) -> str | None:
    """The one other region in which the platform has anything; None when it has nothing elsewhere."""
    found = standing(platform)
    if found:
        return found.region
    return next(iter(copy_regions(platform).values()), None)


def region_of(layer: Layer, platform: Platform) -> str:
    """The region of a layer's stack, as `assembly.Stack` says it: empty for the platform's own."""
    return (second_region(platform) or "") if layer in RECOVERY_LAYERS else ""


def copy_regions(platform: Platform) -> Mapping[str, str]:
    """Where the backup plans that copy do so, by the plan's name."""
    return {name: plan["copy_to"] for name, plan in plans(platform).items() if plan.get("copy_to")}


def plans(platform: Platform) -> Mapping[str, Mapping[str, Any]]:
    """The backup plans, each as plain data, by name, sorted."""
    return dict(sorted(platform.values.get("backups", {}).items()))


def taken(plan: Mapping[str, Any], platform: Platform) -> tuple[Component, ...]:
    """The components that a backup plan takes, sorted: those it names, or all that can be taken."""
    kinds = all_kinds()
    return tuple(
        component
        for component in platform.components.values()
        if (able := kinds[component.kind].backup)
        and not component.adopted
        and not able.unfit(component.spec)
        and (plan["components"] == EVERYTHING or component.name in plan["components"])
    )


def taken_by(component: Component, platform: Platform) -> tuple[str, ...]:
    """The names of the backup plans that take a component."""
    return tuple(name for name, plan in plans(platform).items() if component in taken(plan, platform))


def offered(component: Component, platform: Platform) -> dict[str, Any]:
    """The attributes of a component by name, also those of what it has in the second region."""
    kind = all_kinds()[component.kind]
    found = dict(kind.offers(component, platform))
    if second_region(platform) and kind.recovery and not component.adopted:
        found |= kind.recovery.attributes(component, platform)
    return found


def out_of_reach(region: str, platform: Platform) -> str:
    """Why nothing can go from the platform's region to another one; empty when it can."""
    home = platform.environment.region
    if _partition(region) == _partition(home):
        return ""
    return f"nothing goes from {home} to '{region}': partition {_partition(home)} is not {_partition(region)}"


def _partition(region: str) -> str:
    return next((name for begin, name in PARTITIONS.items() if region.startswith(begin)), "aws")


def stands_by(platform: Platform) -> bool:
    """Whether a network and data stand by in the second region, not only keys and backups."""
    found = standing(platform)
    return found is not None and found.tier != "backup_restore"


def is_replicated(component: Component, platform: Platform) -> bool:
    """Whether the component's data goes to the second region all the time, not only with backups."""
    found = standing(platform)
    wanted = found is not None and component.name not in found.excluded
    return wanted and stands_by(platform) and not component.adopted


def is_warm(platform: Platform) -> bool:
    """Whether databases run in the second region."""
    found = standing(platform)
    return found is not None and found.tier == "warm_standby"


class Outlook(NamedTuple):
    """What losing the region costs a component, in words; as the service's own documentation tells it."""

    rpo: str  # how much is lost, as time before the loss
    rto: str  # how long until it is usable in the second region
    how: str  # by what means
    source: str  # of the two times, with its date
