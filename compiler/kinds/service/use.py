"""What of a month's use of a service its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Usage, about
from compiler.usage import MOST


class ServiceUsage(Usage):
    """How many tasks of the service run on average."""

    tasks: (
        Annotated[
            float,
            about(
                "How many tasks run on average; without it, the least that scaling allows.",
                examples=[4],
                ge=0,
                le=MOST,
            ),
        ]
        | None
    ) = None
