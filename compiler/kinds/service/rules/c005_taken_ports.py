"""C005: a container that listens where one of its helpers does."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.blocks.fargate.helpers import PORTS, helpers
from compiler.kinds.service import calling
from compiler.kinds.service.spec import Service
from compiler.model import Component, Path, Platform
from compiler.rule import ERROR, Hit

ID = "C005"
SEVERITY = ERROR
SUMMARY = "a container listens on a port that a helper in the same task has taken"
WHY = (
    "All containers of a task share one network interface. Helpers start first, so the program finds its "
    "port in use and ends, again and again."
)
FIX = "Let the program listen on another port, or do without the helper."
SOURCE = (
    "ECS developer guide, 'Amazon ECS task networking options for Fargate'; "
    "github.com/aws-observability/aws-otel-collector, config/ecs; ECS developer guide, 'FireLens'"
)


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The service's port against those of its helpers."""
    spec = component.spec
    assert isinstance(spec, Service)
    listens = calling.port(spec)
    for helper in helpers(spec):
        if listens and listens.number in PORTS[helper.name]:
            taken = ", ".join(map(str, PORTS[helper.name]))
            message = (
                f"the port {listens.number} is taken in every task by '{helper.path[0]}', which has {taken}; "
                "let the program listen on another one"
            )
            yield Hit(_place(spec), message)


def _place(spec: Service) -> Path:
    if spec.http:
        return ("http", "port")
    return ("port",) if isinstance(spec.port, int) else ("port", "number")
