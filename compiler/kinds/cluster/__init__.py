"""The ECS cluster that runs the platform's services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from compiler.kind import ComponentSpec, Kind, Problem, about
from compiler.kinds.cluster.existing import ExistingCluster
from compiler.kinds.cluster.use import ClusterUsage
from compiler.model import Component, Platform


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
    usage: Annotated[
        ClusterUsage | None,
        about(
            "How much Container Insights sees, for the estimate of what it costs.",
            examples=[{"observed_metrics": 120}],
        ),
    ] = None


def services_call(platform: Platform) -> bool:
    """Whether services call each other by name."""
    services = {service.name for service in platform.of_kind("service")}
    return any(use.verb == "call" for name in services for use in platform.users_of(name))


def _check_adopted(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, Cluster)
    assert spec.existing is not None
    if spec.existing.namespace is None and services_call(platform):
        message = "services call each other by name; say where they find each other with 'namespace'"
        yield Problem(("existing",), "E102", message)


KIND = Kind(
    name="cluster",
    section="cluster",
    spec=Cluster,
    layer="compute",
    summary="The ECS cluster that runs the services.",
    singleton=True,
    check_adopted=_check_adopted,
)
