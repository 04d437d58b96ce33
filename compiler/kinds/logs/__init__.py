"""How long logs are kept."""

from __future__ import annotations

from typing import Annotated, Literal

from compiler.kind import ComponentSpec, Kind, about

# What CloudWatch Logs takes, in days. Source: provider schema AWS::Logs::LogGroup, 2026-10-20.
Retention = Literal[
    "1d", "3d", "5d", "7d", "14d", "30d", "60d", "90d", "120d", "150d", "180d", "365d", "400d", "545d",
    "731d", "1096d", "1827d", "2192d", "2557d", "2922d", "3288d", "3653d",
]  # fmt: skip


class Logs(ComponentSpec):
    """What holds for every log group of the platform."""

    retention: Annotated[
        Retention,
        about("How long log events are kept.", examples=["90d"], profiles={"production": "90d"}),
    ] = "7d"


KIND = Kind(
    name="logs",
    section="logs",
    spec=Logs,
    layer="foundation",
    summary="How long logs are kept.",
    singleton=True,
    always=True,
)
