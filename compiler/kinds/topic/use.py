"""What of a month's use of a topic its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Usage, about
from compiler.usage import MOST


class TopicUsage(Usage):
    """How much is published in a month."""

    messages: (
        Annotated[float, about("Messages published in a month.", examples=[10000000], ge=0, le=MOST)] | None
    ) = None
