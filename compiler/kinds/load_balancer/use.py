"""What of a month's use of a load balancer its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Usage, about
from compiler.usage import MOST


class LoadBalancerUsage(Usage):
    """How busy the load balancer is."""

    capacity_units: (
        Annotated[
            float,
            about("The load balancer capacity units (LCU) in use on average.", examples=[1], ge=0, le=MOST),
        ]
        | None
    ) = None
    requests: (
        Annotated[
            float,
            about("Requests in a month that its firewall inspects.", examples=[30000000], ge=0, le=MOST),
        ]
        | None
    ) = None
