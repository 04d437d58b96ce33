"""What of a month's use of an event bus its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import AMOUNT, Usage, about
from compiler.usage import MOST


class EventBusUsage(Usage):
    """How many events there are in a month."""

    events: (
        Annotated[
            float, about("Custom events in a month, each of up to 64 KB.", examples=[5000000], ge=0, le=MOST)
        ]
        | None
    ) = None
    archived: (
        Annotated[str, about("What its archive takes in in a month.", examples=["10GiB"], **AMOUNT)] | None
    ) = None
    archive_stored: (
        Annotated[str, about("What its archive keeps, on average.", examples=["10GiB"], **AMOUNT)] | None
    ) = None
