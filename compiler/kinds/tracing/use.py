"""What of a month's use of a tracing its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Usage, about
from compiler.usage import MOST


class TracingUsage(Usage):
    """How much is traced in a month."""

    traces: (
        Annotated[float, about("Traces recorded in a month.", examples=[1000000], ge=0, le=MOST)] | None
    ) = None
