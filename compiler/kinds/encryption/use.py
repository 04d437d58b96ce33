"""What of a month's use of an encryption its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Usage, about
from compiler.usage import MOST


class EncryptionUsage(Usage):
    """How often the platform's keys are used in a month."""

    requests: (
        Annotated[
            float, about("Requests to all keys together in a month.", examples=[2000000], ge=0, le=MOST)
        ]
        | None
    ) = None
