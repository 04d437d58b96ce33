"""What of a month's use of a table its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import AMOUNT, Usage, about
from compiler.usage import MOST


class TableUsage(Usage):
    """What the table keeps, and how often it is used in a month."""

    reads: (
        Annotated[
            float,
            about(
                "Read request units in a month: strongly consistent reads of up to 4 KB.",
                examples=[100000000],
                ge=0,
                le=MOST,
            ),
        ]
        | None
    ) = None
    writes: (
        Annotated[
            float,
            about(
                "Write request units in a month: writes of up to 1 KB.", examples=[20000000], ge=0, le=MOST
            ),
        ]
        | None
    ) = None
    stored: Annotated[str, about("What it keeps, on average.", examples=["20GiB"], **AMOUNT)] | None = None
