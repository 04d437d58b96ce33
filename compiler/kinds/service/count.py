"""What users may write of how many tasks a service runs."""

from __future__ import annotations

from typing import Annotated

import msgspec

from compiler.kind import Record, about
from compiler.units import DURATION


class ServiceCooldown(Record):
    """How long to wait after one change of the number of tasks before the next."""

    scale_in: Annotated[
        str,
        about("After taking tasks away.", examples=["5m"], minimum="0s", maximum="1h", **DURATION),
    ] = msgspec.field(name="in", default="5m")
    scale_out: Annotated[
        str, about("After adding tasks.", examples=["60s"], minimum="0s", maximum="1h", **DURATION)
    ] = msgspec.field(name="out", default="60s")


class ServiceStreamLag(Record):
    """How far the readers of a stream may fall behind before tasks are added."""

    stream: Annotated[str, about("A stream that the service consumes.", examples=["telemetry"])]
    target: (
        Annotated[
            str,
            about(
                "The age of the oldest unread record to keep to; half of the stream's `latency_objective` "
                "when left out.",
                examples=["10s"],
                minimum="1s",
                maximum="24h",
                **DURATION,
            ),
        ]
        | None
    ) = None


class ServiceCount(Record):
    """How many tasks run, by load; without any target of the tasks' own, 70 % of CPU."""

    min: Annotated[int, about("The least number of tasks, one or more.", examples=[2], ge=0, le=5000)]
    max: Annotated[int, about("The greatest number of tasks.", examples=[10], ge=1, le=5000)]
    cpu_percentage: Annotated[int, about("The CPU use to keep to.", examples=[65], ge=1, le=100)] | None = (
        None
    )
    memory_percentage: (
        Annotated[int, about("The memory use to keep to.", examples=[75], ge=1, le=100)] | None
    ) = None
    requests: (
        Annotated[int, about("The requests a minute that one task should get.", examples=[1000], ge=1)] | None
    ) = None
    stream_lag: Annotated[
        ServiceStreamLag | None,
        about(
            "Adds tasks while the readers of a stream are behind; the other targets say when they may go.",
            examples=[{"stream": "telemetry"}],
        ),
    ] = None
    cooldown: Annotated[
        ServiceCooldown,
        about(
            "How long to wait after one change before the next.",
            examples=[{"in": "5m", "out": "60s"}],
        ),
    ] = ServiceCooldown()


def at_least(count: int | ServiceCount) -> int:
    """The tasks that run when there is nothing to do."""
    return count.min if isinstance(count, ServiceCount) else count
