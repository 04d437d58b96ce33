"""The records of an estimate: one line for each thing that is billed, and their sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from compiler.pricing.book import Confidence, lowest

State = Literal["priced", "usage", "unpriced"]


class Range(NamedTuple):
    """An amount: at least, as expected, and at most; each pricer says what it expects."""

    least: float
    expected: float
    most: float

    def __mul__(self, factor: float) -> Range:  # type: ignore[override]
        return Range(self.least * factor, self.expected * factor, self.most * factor)

    def plus(self, other: Range) -> Range:
        """Both together."""
        return Range(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def exactly(amount: float) -> Range:
    """An amount that does not vary."""
    return Range(amount, amount, amount)


NOTHING = exactly(0.0)


@dataclass(frozen=True, order=True)
class Line:
    """One thing that AWS bills of one resource."""

    component: str
    stack: str  # as people call it
    logical_id: str
    what: str
    type: str
    region: str
    state: State
    price: str = ""  # its id in the book
    unit: str = ""
    unit_usd: float = 0.0
    quantity: Range | None = None  # units in a month; None when it depends on use that nobody declared
    usd: Range = NOTHING  # in a month
    confidence: Confidence = "high"
    note: str = ""  # why it is not priced, or what would tell the use
    teller: str = ""  # the component whose `usage` can say so; "" where no spec can


@dataclass(frozen=True)
class Total:
    """The sum of some lines, and what it leaves out."""

    usd: Range
    confidence: Confidence
    usage: int  # lines that depend on use that nobody declared
    unpriced: int  # resources of which the book has no price


@dataclass(frozen=True)
class Estimate:
    """One environment's cost in a month of 730 hours, in USD before taxes, on demand."""

    platform: str
    environment: str
    region: str
    lines: tuple[Line, ...]  # sorted
    free: Mapping[str, int]  # how many resources of each type cost nothing
    elsewhere: tuple[str, ...] = ()  # regions that were priced as us-east-1

    @cached_property
    def total(self) -> Total:
        """Everything together."""
        return total(self.lines)

    def by(self, key: Callable[[Line], str]) -> dict[str, Total]:
        """The sums by a key, the most expensive first."""
        groups: dict[str, list[Line]] = {}
        for line in self.lines:
            groups.setdefault(key(line), []).append(line)
        totals = {name: total(lines) for name, lines in groups.items()}
        return dict(sorted(totals.items(), key=lambda item: (-round(item[1].usd.expected, 6), item[0])))


def total(lines: Iterable[Line]) -> Total:
    """The sum of lines; what is not priced counts nothing, and is counted."""
    lines = tuple(lines)
    usd = NOTHING
    for line in lines:
        usd = usd.plus(line.usd)
    return Total(
        usd,
        lowest(line.confidence for line in lines if line.state == "priced"),
        sum(line.state == "usage" for line in lines),
        sum(line.state == "unpriced" for line in lines),
    )
