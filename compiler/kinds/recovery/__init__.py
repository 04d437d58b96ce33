"""Disaster recovery: what a second region holds, so that the platform can come back there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from compiler import protection
from compiler.diagnostics import suggest
from compiler.kind import REGION, Kind, Problem, Record, about
from compiler.model import Component, Platform
from compiler.protection import Tier


class DisasterRecovery(Record):
    """A second region, and how much of the platform stands there. Services and functions never do."""

    region: Annotated[str, about("The second region.", examples=["us-west-2"], **REGION)]
    tier: Annotated[
        Tier,
        about(
            "How much is there already: keys and copies of backups; or also a network, and data that "
            "follows all the time; or also database instances that run.",
            examples=["pilot_light"],
        ),
    ]
    excluded: Annotated[
        list[str],
        about("Components whose data need not be there all the time.", examples=[["scratch"]]),
    ] = []


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, DisasterRecovery)
    if spec.region == platform.environment.region:
        message = f"'{spec.region}' is the platform's own region; write another one"
        yield Problem(("region",), "E210", message)
    if reason := protection.out_of_reach(spec.region, platform):
        yield Problem(("region",), "E210", f"{reason}; write a region of its own partition")
    if spec.tier == "backup_restore" and spec.region not in protection.copy_regions(platform).values():
        message = (
            f"tier 'backup_restore' needs copies of backups in {spec.region}; write a plan under `backups` "
            f"with `copy_to: {spec.region}`, or another tier"
        )
        yield Problem(("tier",), "E210", message)
    network = platform.components.get("network")
    if spec.tier != "backup_restore" and network and network.adopted:
        message = (
            f"tier '{spec.tier}' makes a network like the platform's own, which `existing` does not "
            "describe; write 'backup_restore'"
        )
        yield Problem(("tier",), "E210", message)
    for index, name in enumerate(spec.excluded):
        if name not in platform.components:
            message = f"no component is named '{name}'{suggest(name, platform.components)}"
            yield Problem(("excluded", index), "E201", message)
        elif name in spec.excluded[:index]:
            message = f"'{name}' is listed twice; remove one of the two"
            yield Problem(("excluded", index), "E107", message)


KIND = Kind(
    name="recovery",
    section="disaster_recovery",
    spec=DisasterRecovery,
    layer="recovery-foundation",
    summary="What stands in a second region, so that the platform can come back there.",
    singleton=True,
    check=_check,
)
