"""What users may write of when a new version is taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from compiler.kind import Problem, Record, about
from compiler.units import DURATION, PERCENT, not_whole


class ServiceDeployment(Record):
    """When a new version is taken back."""

    rollback_on_alarm: Annotated[
        bool,
        about(
            "Whether a new version is taken back when errors, failed health checks or exhausted tasks come "
            "with it; one whose tasks do not start is taken back anyway.",
            examples=[True],
            profiles={"production": True},
        ),
    ] = False
    error_rate: Annotated[
        str,
        about(
            "The share of answers with an error (5xx) above which a new version is taken back.",
            examples=["5%"],
            minimum="0%",
            maximum="100%",
            **PERCENT,
        ),
    ] = "5%"
    bake_time: (
        Annotated[
            str,
            about(
                "How long the alarms are watched after the last new task is there, in whole minutes; ECS "
                "computes it from the alarms when left out. The deployment takes that much longer.",
                examples=["10m"],
                minimum="1m",
                maximum="24h",
                **DURATION,
            ),
        ]
        | None
    ) = None


def problems(deployment: ServiceDeployment) -> Iterable[Problem]:
    """A bake time that ECS cannot count."""
    if deployment.bake_time and (message := not_whole(deployment.bake_time, "m")):
        yield Problem(("deployment", "bake_time"), "E105", message)
