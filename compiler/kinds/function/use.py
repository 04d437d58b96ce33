"""What of a month's use of a function its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Usage, about
from compiler.units import BRIEF
from compiler.usage import MOST


class FunctionUsage(Usage):
    """How often the function runs in a month."""

    requests: (
        Annotated[float, about("How often it is called in a month.", examples=[30000000], ge=0, le=MOST)]
        | None
    ) = None
    duration: (
        Annotated[str, about("How long one call takes on average.", examples=["40ms"], **BRIEF)] | None
    ) = None
