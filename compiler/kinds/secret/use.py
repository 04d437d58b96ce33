"""What of a month's use of a secret its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Usage, about
from compiler.usage import MOST


class SecretUsage(Usage):
    """How often the secret is read in a month."""

    reads: (
        Annotated[float, about("How often its value is read in a month.", examples=[100000], ge=0, le=MOST)]
        | None
    ) = None
