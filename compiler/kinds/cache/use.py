"""What of a month's use of a cache its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import AMOUNT, Usage, about
from compiler.usage import MOST


class CacheUsage(Usage):
    """What the cache keeps, and how often it is asked in a month."""

    stored: (
        Annotated[str, about("What a serverless cache keeps, on average.", examples=["2GiB"], **AMOUNT)]
        | None
    ) = None
    ecpus: (
        Annotated[
            float,
            about(
                "What requests to a serverless cache take in a month, in ECPUs.",
                examples=[1000000000],
                ge=0,
                le=MOST,
            ),
        ]
        | None
    ) = None
    backup_stored: Annotated[str, about("What its snapshots take.", examples=["5GiB"], **AMOUNT)] | None = (
        None
    )
