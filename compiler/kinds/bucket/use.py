"""What of a month's use of a bucket its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import AMOUNT, Usage, about
from compiler.usage import MOST


class BucketUsage(Usage):
    """What the bucket keeps, and how often it is used in a month."""

    stored: (
        Annotated[
            str, about("What it keeps in the standard class, on average.", examples=["500GiB"], **AMOUNT)
        ]
        | None
    ) = None
    stored_ia: (
        Annotated[
            str, about("What it keeps in the class for infrequent access.", examples=["2000GiB"], **AMOUNT)
        ]
        | None
    ) = None
    writes: (
        Annotated[
            float, about("Writes in a month: PUT, COPY, POST and LIST.", examples=[1000000], ge=0, le=MOST)
        ]
        | None
    ) = None
    reads: (
        Annotated[
            float, about("Reads in a month: GET and all other requests.", examples=[10000000], ge=0, le=MOST)
        ]
        | None
    ) = None
