"""How many requests X-Ray follows, and a view of those of this platform only."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import ComponentSpec, Kind, Record, about
from compiler.kinds.tracing.use import TracingUsage
from compiler.units import PERCENT


class TracingSampling(Record):
    """How many requests are followed."""

    per_second: Annotated[
        int,
        about("Requests a second that are always followed.", examples=[1], ge=0, le=1000),
    ] = 1
    rate: Annotated[
        str,
        about("The part of all others that is.", examples=["5%"], minimum="0%", maximum="100%", **PERCENT),
    ] = "5%"


class Tracing(ComponentSpec):
    """How X-Ray follows requests through the platform; `tracing` of a component says whether it does."""

    sampling: Annotated[
        TracingSampling,
        about("How many requests are followed.", examples=[{"rate": "5%", "per_second": 1}]),
    ] = TracingSampling()
    insights: Annotated[
        bool,
        about("Whether X-Ray looks for anomalies by itself; it is billed by trace.", examples=[True]),
    ] = False
    usage: Annotated[
        TracingUsage | None,
        about(
            "How much is traced in a month, for the estimate of what it costs.",
            examples=[{"traces": 1000000}],
        ),
    ] = None


KIND = Kind(
    name="tracing",
    section="tracing",
    spec=Tracing,
    layer="observability",
    summary="How X-Ray follows requests through the platform.",
    singleton=True,
)
