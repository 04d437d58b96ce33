"""The ECS cluster that runs the platform's services."""

from __future__ import annotations

from typing import Annotated, Literal

from compiler.kind import ComponentSpec, Kind, about
from compiler.kinds.cluster.existing import ExistingCluster


class Cluster(ComponentSpec):
    """The ECS cluster; it exists as soon as there is a service."""

    existing: Annotated[
        ExistingCluster | None,
        about("The cluster to use instead of making one.", examples=[{"name": "shared"}]),
    ] = None
    container_insights: Annotated[
        Literal["none", "standard", "enhanced"],
        about(
            "Which metrics of tasks and containers ECS collects; they are billed.",
            examples=["enhanced"],
            profiles={"production": "enhanced"},
        ),
    ] = "none"


KIND = Kind(
    name="cluster",
    section="cluster",
    spec=Cluster,
    layer="compute",
    summary="The ECS cluster that runs the services.",
    singleton=True,
)
