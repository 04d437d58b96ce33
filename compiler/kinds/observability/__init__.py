"""Watching the platform as a whole: what wakes somebody, what people look at, and quotas of the account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from compiler.alarm import Alarm, Quota
from compiler.kind import ComponentSpec, Kind, Record, about
from compiler.model import Component, Platform
from compiler.registry import all_kinds

MOST_OF_QUOTA = 80  # percent


class Dashboard(Record):
    """A page in CloudWatch with a row of graphs for each component."""

    enabled: Annotated[
        bool,
        about(
            "Whether it exists; the first three of an account cost nothing.",
            examples=[True],
            profiles={"production": True},
        ),
    ] = False


class Observability(ComponentSpec):
    """How the platform is watched as a whole; its alarms follow from its components and connections."""

    dashboard: Annotated[
        Dashboard,
        about("A page with a row of graphs for each component.", examples=[{"enabled": True}]),
    ] = Dashboard()


def _alarms(component: Component, platform: Platform) -> Iterable[Alarm]:
    """One for each quota on which the platform draws."""
    kinds = all_kinds()
    made = (component for component in platform.components.values() if not component.adopted)
    drawn = {quota.name: quota for c in made for quota in kinds[c.kind].quotas}
    return [_quota(drawn[name]) for name in sorted(drawn)]


def _quota(quota: Quota) -> Alarm:
    return Alarm(
        f"quota-{quota.name}",
        f"The account uses more than {MOST_OF_QUOTA} % of a quota; ask AWS for more. {quota.summary}",
        MOST_OF_QUOTA,
        metrics={"usage": quota.usage},
        # Source: CloudWatch user guide, "Visualizing your service quotas and setting alarms".
        expression="100 * usage / SERVICE_QUOTA(usage)",
        datapoints=1,
        periods=1,
    )


KIND = Kind(
    name="observability",
    section="observability",
    spec=Observability,
    layer="observability",
    summary="How the platform is watched as a whole.",
    singleton=True,
    always=True,
    alarms=_alarms,
)
