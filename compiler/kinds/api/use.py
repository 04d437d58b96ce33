"""What of a month's use of an api its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Usage, about
from compiler.usage import MOST


class ApiUsage(Usage):
    """How much the API is called in a month."""

    requests: (
        Annotated[
            float, about("Requests in a month, each of up to 512 KiB.", examples=[30000000], ge=0, le=MOST)
        ]
        | None
    ) = None
