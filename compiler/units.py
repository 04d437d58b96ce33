"""`24h`, `512B`, `25%` -> numbers; and what may be written, in the words that `about` takes."""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple

Dimension = Literal["duration", "brief", "size", "percent"]

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
BYTES = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
WORTH: dict[str, float] = {"ms": 0.001, **SECONDS, **BYTES, "%": 1}
# How a message calls what AWS counts by.
IN_WORDS = {
    "m": "whole minutes",
    "h": "whole hours",
    "d": "whole days",
    "MiB": "whole MiB",
    "GiB": "whole GiB",
    "%": "a whole percentage",
}
UNITS: dict[Dimension, tuple[str, ...]] = {
    "duration": (*SECONDS,),
    "brief": ("ms", "s"),
    "size": (*BYTES,),
    "percent": ("%",),
}

# No leading zeros, so that a value has one spelling; twelve digits, so that no value overflows anything.
WHOLE = "(?:0|[1-9][0-9]{0,11})"
DURATION: dict[str, Any] = {
    "pattern": f"^{WHOLE}[smhd]$",
    "form": "a duration such as 30s, 15m, 24h or 7d",
}
# For the few things that AWS counts in milliseconds; everywhere else `ms` is refused.
BRIEF: dict[str, Any] = {
    "pattern": f"^{WHOLE}m?s$",
    "form": "a duration such as 500ms or 5s",
}
SIZE: dict[str, Any] = {
    "pattern": f"^{WHOLE}(?:B|KiB|MiB|GiB)$",
    "form": "a size such as 512B, 64KiB, 10MiB or 1GiB",
}
PERCENT: dict[str, Any] = {
    "pattern": f"^{WHOLE}(?:[.][0-9]{{1,6}})?%$",
    "form": "a percentage such as 25% or 99.9%",
}
# For services that count whole days.
WHOLE_DAYS: dict[str, Any] = {"pattern": "^[1-9][0-9]{0,11}d$", "form": "a number of days such as 7d"}
WRITTEN: dict[Dimension, dict[str, Any]] = {
    "duration": DURATION,
    "brief": BRIEF,
    "size": SIZE,
    "percent": PERCENT,
}
OTHER_SPELLINGS: dict[Dimension, dict[str, str]] = {
    "duration": {
        **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
        **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "m"),
        **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
        **dict.fromkeys(("d", "day", "days"), "d"),
    },
    "brief": {
        **dict.fromkeys(("ms", "msec", "msecs", "millisecond", "milliseconds"), "ms"),
        **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    },
    "size": {
        **dict.fromkeys(("b", "byte", "bytes"), "B"),
        **dict.fromkeys(("k", "kb", "ki", "kib"), "KiB"),
        **dict.fromkeys(("m", "mb", "mi", "mib"), "MiB"),
        **dict.fromkeys(("g", "gb", "gi", "gib"), "GiB"),
    },
    "percent": dict.fromkeys(("percent", "pct"), "%"),
}
# By 1000 to some and by 1024 to others.
UNSURE = frozenset(("k", "kb", "m", "mb", "g", "gb"))


class Quantity(NamedTuple):
    """A value in its base unit: seconds, bytes or percent."""

    dimension: Dimension
    amount: float


def seconds(text: str) -> int:
    """`24h` -> 86400; ValueError when it is no duration."""
    return int(_amount(text, "duration"))


def milliseconds(text: str) -> int:
    """`500ms` -> 500, `5s` -> 5000; ValueError when it is no duration of milliseconds or seconds."""
    return round(_amount(text, "brief") * 1000)


def duration(amount: int) -> str:
    """180 -> `3m`, 185 -> `185s`: seconds as a spec says them, in the largest unit that keeps them whole."""
    unit = next((unit for unit in reversed(SECONDS) if amount and amount % SECONDS[unit] == 0), "s")
    return f"{amount // SECONDS[unit]}{unit}"


def byte_count(text: str) -> int:
    """`64KiB` -> 65536; ValueError when it is no size."""
    return int(_amount(text, "size"))


def mebibytes(text: str) -> float:
    """`512KiB` -> 0.5; ValueError when it is no size."""
    return byte_count(text) / BYTES["MiB"]


def percent(text: str) -> float:
    """`25%` -> 25.0; ValueError when it is no percentage."""
    return _amount(text, "percent")


def quantity(text: str) -> Quantity:
    """The value of a text with any unit; ValueError when it has none."""
    for dimension, written in WRITTEN.items():
        # Not `$`, which lets a line end pass.
        if re.fullmatch(written["pattern"].removesuffix("$"), text):
            return Quantity("duration" if dimension == "brief" else dimension, _base_amount(text))
    raise ValueError(f'"{text}" is neither a duration, a size nor a percentage')


def not_whole(text: str, unit: str) -> str | None:
    """`180h is not whole days; write 7d or 8d`, where AWS counts in a unit; None when it is whole."""
    below, rest = divmod(quantity(text).amount, WORTH[unit])
    if not rest:
        return None
    return f"{text} is not {IN_WORDS[unit]}; write {below:.0f}{unit} or {below + 1:.0f}{unit}"


def _amount(text: str, dimension: Dimension) -> float:
    if not re.fullmatch(WRITTEN[dimension]["pattern"].removesuffix("$"), text):
        raise ValueError(f'must be {WRITTEN[dimension]["form"]}, not "{text}"')
    return _base_amount(text)


def _base_amount(text: str) -> float:
    digits = re.match("[0-9.]+", text)
    assert digits is not None  # every pattern starts with a digit
    unit = text[digits.end() :]
    return float(digits[0]) if unit == "%" else int(digits[0]) * WORTH[unit]


def respell(text: str, dimension: Dimension, *, sure: bool = False) -> str | None:
    """`10 MB` -> `10MiB`, `30 sec` -> `30s`: what was probably meant, or None; `sure` leaves no other way."""
    found = re.fullmatch(rf"({WHOLE}) *([A-Za-z]+)", text.strip())
    if found and sure and (found[2] == "M" or (dimension == "size" and found[2].lower() in UNSURE)):
        return None
    unit = OTHER_SPELLINGS[dimension].get(found[2].lower()) if found else None
    return f"{found[1]}{unit}" if found and unit else None
