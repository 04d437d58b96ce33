"""What of a month's use of a logs its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import AMOUNT, Usage, about


class LogsUsage(Usage):
    """What all log groups of the platform take in and keep."""

    ingested: (
        Annotated[
            str, about("What all log groups together take in in a month.", examples=["10GiB"], **AMOUNT)
        ]
        | None
    ) = None
    kept: (
        Annotated[str, about("What all log groups together keep, on average.", examples=["30GiB"], **AMOUNT)]
        | None
    ) = None
