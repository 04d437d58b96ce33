"""How the spec names a load balancer that exists already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from compiler.kind import Problem, Record, SecurityGroupId, about
from compiler.model import Platform

# The last parts of the ARNs of load balancers and listeners.
LAST: dict[str, Any] = {"pattern": "^[0-9a-z]{16}$", "form": "16 letters and digits, in quotes"}


class ExistingLoadBalancer(Record, kw_only=True):
    """An application load balancer of the platform's account and region, in the network's VPC.

    Services add rules to one of its listeners, by priorities that no other rule has.
    """

    name: Annotated[
        str,
        about(
            "The load balancer's name.",
            examples=["shared"],
            pattern="^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$",
            form="the name of a load balancer",
        ),
    ]
    id: Annotated[str, about("The last part of its ARN.", examples=["50dc6c495c0c9188"], **LAST)]
    listener: Annotated[
        str, about("The last part of the listener's ARN.", examples=["f2f7dc8efc522ab2"], **LAST)
    ]
    https: Annotated[bool, about("Whether the listener takes HTTPS, not HTTP.", examples=[False])] = True
    port: (
        Annotated[
            int,
            about(
                "The listener's port; without it, 443 for HTTPS and 80 for HTTP.",
                examples=[8443],
                ge=1,
                le=65535,
            ),
        ]
        | None
    ) = None
    domain: (
        Annotated[
            str,
            about(
                "A name on the listener's certificate, which APIs that route to services here verify.",
                examples=["console.example.com"],
                pattern=r"^([a-z0-9-]+\.)+[a-z]{2,}$",
                form="a domain name such as console.example.com",
            ),
        ]
        | None
    ) = None
    scheme: Annotated[
        Literal["internal", "internet_facing"],
        about("Whether it is reached from inside the VPC only, or from anywhere.", examples=["internal"]),
    ] = "internal"
    security_group: SecurityGroupId


def elsewhere(platform: Platform) -> Iterable[Problem]:
    """A load balancer that cannot be in the network's VPC, for that is only being made."""
    network = platform.components.get("network")
    if network and not network.adopted:
        message = (
            "a load balancer that exists already is in a VPC that exists already, and targets outside it "
            "it does not take; write `network: {existing: ...}` too"
        )
        yield Problem(("existing",), "E210", message)
