"""What AWS promises of its services, as data: `slas.json`."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

FILE = Path(__file__).with_name("slas.json")


class Sla(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One promise: how much of a month a service works, used in one way."""

    service: str
    configuration: str  # the way of using it that the promise is for
    percentage: float | None  # of a month; None where nothing is promised
    source: str  # the agreement, and where its number was seen
    dated: str | None  # the day that this source bears, where it bears one
    confidence: Literal["high", "medium", "low"]  # high: the agreement itself was read
    better: str | None = None  # the promise that the same component can have
    how: str = ""  # by what, in words of the spec

    @property
    def share(self) -> Fraction | None:
        """The promised share of a month, exact: 0.9995; None where nothing is promised."""
        return None if self.percentage is None else Fraction(str(self.percentage)) / 100


class Slas(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of them, by the id that kinds know them by."""

    checked: str  # the day on which somebody last compared them with their sources
    slas: Mapping[str, Sla]


@cache
def book() -> Slas:
    """Every promise that is known here."""
    return msgspec.json.decode(FILE.read_bytes(), type=Slas)
