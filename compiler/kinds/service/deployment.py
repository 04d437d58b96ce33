"""What users may write of how a new version comes, and when it is taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from compiler.kind import Problem, Record, about
from compiler.kinds.service.strategy import Strategy
from compiler.units import DURATION, PERCENT, not_whole


class ServiceTrial(Record):
    """Requests that go to a new version before all others."""

    header: Annotated[
        str,
        about(
            "The header of those requests.",
            examples=["x-preview"],
            pattern="^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$",
            form="the name of a header, such as x-preview",
        ),
    ]
    value: Annotated[
        str,
        about(
            "What the header must say; whoever knows it sees the new version.",
            examples=["next"],
            pattern="^[A-Za-z0-9._-]{1,128}$",
            form="letters, digits, dots, hyphens and underscores",
        ),
    ] = "true"
    priority: (
        Annotated[
            int,
            about(
                "Which rule of the load balancer is asked first, the lowest; this one comes before the "
                "service's own. Computed when left out.",
                examples=[10],
                ge=1,
                le=50000,
            ),
        ]
        | None
    ) = None


class ServiceDeployment(Record):
    """How a new version comes, and when it is taken back."""

    strategy: Annotated[
        Strategy,
        about(
            "How requests come to a new version: task by task (`rolling`), all at once when its tasks are "
            "there (`blue_green`), in equal steps (`linear`), or first a few and then all (`canary`). Unless "
            "it is `rolling`, the old tasks stay until the `bake_time` is over, and alarms in any case take "
            "the new version back.",
            examples=["canary"],
        ),
    ] = "rolling"
    step: (
        Annotated[
            str,
            about(
                "The share of requests that moves at a time (`linear`; 10% when left out), or first "
                "(`canary`; 5%).",
                examples=["20%"],
                minimum="0.1%",
                maximum="100%",
                **PERCENT,
            ),
        ]
        | None
    ) = None
    step_time: (
        Annotated[
            str,
            about(
                "How long to wait after a step, in whole minutes; 6m for `linear` and 10m for `canary` when "
                "left out.",
                examples=["5m"],
                minimum="0m",
                maximum="24h",
                **DURATION,
            ),
        ]
        | None
    ) = None
    trial: Annotated[
        ServiceTrial | None,
        about(
            "Requests with a header go to a new version as soon as its tasks are there, before all others, "
            "unless the strategy is `rolling`.",
            examples=[{"header": "x-preview", "value": "next"}],
        ),
    ] = None
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
                "How long the alarms are watched after the new version has all requests, in whole minutes; "
                "when left out, ECS computes it from the alarms, and takes 15m if the strategy is not "
                "`rolling`. The deployment takes that much longer.",
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
