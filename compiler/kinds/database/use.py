"""What of a month's use of a database its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import AMOUNT, Usage, about
from compiler.usage import MOST


class DatabaseUsage(Usage):
    """What the database keeps, and how busy it is."""

    stored: Annotated[str, about("What it keeps, on average.", examples=["100GiB"], **AMOUNT)] | None = None
    backup_stored: (
        Annotated[str, about("Backups beyond the size of the database itself.", examples=["50GiB"], **AMOUNT)]
        | None
    ) = None
    io_requests: (
        Annotated[
            float,
            about(
                "Requests to its storage in a month; free with I/O-optimized storage.",
                examples=[200000000],
                ge=0,
                le=MOST,
            ),
        ]
        | None
    ) = None
    capacity: (
        Annotated[
            float,
            about(
                "The ACUs of an instance on average; without it, the least that scaling allows.",
                examples=[1.5],
                ge=0,
                le=MOST,
            ),
        ]
        | None
    ) = None
