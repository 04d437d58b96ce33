"""How services call each other by name (Service Connect): what users may write, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Literal

from compiler.kind import Problem, Record, about
from compiler.model import Component, Platform

if TYPE_CHECKING:
    from compiler.kinds.service.spec import Service

CALL = "call"
SCHEMES = {"http": "http", "http2": "http", "grpc": "http", "tcp": "tcp"}


class ServicePort(Record):
    """A port for other services, and what is spoken there."""

    number: Annotated[int, about("The port the container listens on.", examples=[9000], ge=1, le=65535)]
    protocol: Annotated[
        Literal["http", "http2", "grpc", "tcp"],
        about(
            "What is spoken; with all but `tcp`, failed requests are tried at another task.",
            examples=["grpc"],
        ),
    ] = "http"


def port(spec: Service) -> ServicePort | None:
    """Where the service listens: for the load balancer and for others, or for others alone."""
    if spec.http:
        return ServicePort(number=spec.http.port)
    return ServicePort(number=spec.port) if isinstance(spec.port, int) else spec.port


def url(name: str, found: ServicePort) -> str:
    """Where callers find the service."""
    return f"{SCHEMES[found.protocol]}://{name}:{found.number}"


def is_called(component: Component, platform: Platform) -> bool:
    """Whether another component calls it by its name."""
    return any(use.verb == CALL for use in platform.users_of(component.name))


def calls(component: Component, platform: Platform) -> bool:
    """Whether it calls a service by its name itself."""
    services = {found.name for found in platform.of_kind(component.kind)}
    return any(use.verb == CALL and use.target in services for use in component.connections)


def problems(component: Component, spec: Service, platform: Platform) -> Iterable[Problem]:
    """Two ports, none although it is called, and callers that cannot look a name up."""
    if spec.http and spec.port:
        message = "'http' says already on which port it listens, for other services too; remove 'port'"
        yield Problem(("port",), "E210", message)
    for use in platform.users_of(component.name):
        if use.verb != CALL:
            continue
        caller = platform.components[use.consumer]
        if caller.kind != component.kind:
            yield Problem(
                (),
                "E202",
                f"'{caller.name}' ({caller.kind}) cannot call '{component.name}': only services find each "
                f"other by name (Service Connect); let it come through an API or the load balancer",
            )
        elif port(spec) is None:
            message = f"'{caller.name}' calls '{component.name}', which listens on no port; give it a 'port'"
            yield Problem((), "E202", message)
