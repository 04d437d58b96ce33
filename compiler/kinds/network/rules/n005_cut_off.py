"""N005: a network without a way out lacks an endpoint that its components need."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.network import Network, needed
from compiler.model import Component, Platform
from compiler.rule import ERROR, Hit

ID = "N005"
SEVERITY = ERROR
WAIVABLE = False
SUMMARY = "`egress: none` leaves no way to an AWS service that components call"
WHY = "Calls to the service hang until they time out; tasks do not even start without their images and logs."
FIX = "Add the service to `endpoints`, leave `interface` at `derived`, or choose another `egress`."
SOURCE = "ECS developer guide, 'Amazon ECS interface VPC endpoints (AWS PrivateLink)'"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The services that are cut off, by the kind of endpoint that each takes."""
    spec = component.spec
    assert isinstance(spec, Network)
    for where, services in needed.cut_off(spec, platform).items():
        message = f"components call {', '.join(services)}, and 'egress: none' leaves no other way there"
        yield Hit(("endpoints", where), f"{message}; add it to '{where}'")
