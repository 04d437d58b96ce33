"""What of a month's use of a task its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Usage, about
from compiler.units import DURATION
from compiler.usage import MOST


class TaskUsage(Usage):
    """How often the task runs in a month."""

    runs: Annotated[float, about("How often it runs in a month.", examples=[30], ge=0, le=MOST)] | None = None
    duration: (
        Annotated[str, about("How long one run takes on average.", examples=["10m"], **DURATION)] | None
    ) = None
