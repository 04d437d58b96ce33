"""What of a month's use of a network its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import AMOUNT, Usage, about


class NetworkUsage(Usage):
    """What moves through the network in a month."""

    processed: (
        Annotated[str, about("What goes through all NAT gateways together.", examples=["500GiB"], **AMOUNT)]
        | None
    ) = None
    endpoint_processed: (
        Annotated[
            str, about("What goes through all interface endpoints together.", examples=["200GiB"], **AMOUNT)
        ]
        | None
    ) = None
    transfer_out: (
        Annotated[str, about("What leaves for the internet.", examples=["100GiB"], **AMOUNT)] | None
    ) = None
    cross_zone: (
        Annotated[
            str,
            about("What crosses availability zones; billed on both sides.", examples=["300GiB"], **AMOUNT),
        ]
        | None
    ) = None
