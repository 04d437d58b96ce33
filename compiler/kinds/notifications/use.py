"""What of a month's use of a notifications its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Usage, about
from compiler.usage import MOST


class NotificationsUsage(Usage):
    """How often people are told in a month."""

    messages: (
        Annotated[
            float,
            about("Notifications in a month, of both severities together.", examples=[100], ge=0, le=MOST),
        ]
        | None
    ) = None
