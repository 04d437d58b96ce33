"""What of a month's use of a queue its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Usage, about
from compiler.usage import MOST


class QueueUsage(Usage):
    """How much goes through the queue in a month."""

    messages: (
        Annotated[
            float,
            about(
                "Messages in a month; each is sent, received and deleted.", examples=[10000000], ge=0, le=MOST
            ),
        ]
        | None
    ) = None
