"""What people say of how much a component is used in a month -> plain amounts that a price can be put on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from compiler.record import Record
from compiler.units import SIZE, quantity

# What `about` takes for an amount of data.
AMOUNT: dict[str, Any] = SIZE
MOST = 10**15  # of anything in a month: more is a slip of the keyboard


class Usage(Record):
    """What is used in a month; each key may be left out where nobody knows it."""


def amounts(usage: Usage | None) -> Mapping[str, float]:
    """What was written, by key: sizes in bytes, durations in seconds; nothing of what was left out."""
    written = msgspec.structs.asdict(usage) if usage else {}
    return {key: _amount(value) for key, value in sorted(written.items()) if value is not None}


def declared(spec: Any) -> Mapping[str, float]:
    """The amounts of a component's `usage`, for kinds that have one."""
    return amounts(getattr(spec, "usage", None))


def _amount(value: float | str) -> float:
    return quantity(value).amount if isinstance(value, str) else float(value)
