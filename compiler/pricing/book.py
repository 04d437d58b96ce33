"""The files of a price book -> the price of a thing in a region, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Literal, get_args

import msgspec

Confidence = Literal["high", "medium", "low"]
CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)  # best first
SHIPPED_REGION = "us-east-1"
HOURS = 730  # in a month, as AWS' own calculator counts
DEAREST = 1e6  # USD of one unit; more is no price, and sums of it are no numbers


class Query(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How the AWS Price List API knows a price."""

    service: str  # its service code
    usage: str  # the usage type, without the region's prefix
    attributes: dict[str, str] = {}  # what else tells products of this usage type apart
    per: float = 1  # how many of the API's units are one of the book's


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What units above an amount cost."""

    above: float
    usd: float


class Price(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What one unit of something costs in USD before taxes, on demand, and who says so."""

    id: str
    unit: str
    usd: float  # of the first unit
    source: str
    as_of: str  # the month or day of the source, ISO 8601
    confidence: Confidence
    region: str
    tiers: tuple[Tier, ...] = ()  # by amount a month, the first above 0; empty when all units cost the same
    query: Query | None = None

    def cost(self, quantity: float) -> float:
        """USD for so many units in a month, tier by tier."""
        starts = self.tiers or (Tier(0, self.usd),)
        ends = [*(later.above for _, later in pairwise(starts)), float("inf")]
        return sum(
            max(0.0, min(quantity, end) - tier.above) * tier.usd
            for tier, end in zip(starts, ends, strict=True)
        )


class _File(msgspec.Struct, forbid_unknown_fields=True):
    prices: tuple[Price, ...]


@dataclass(frozen=True)
class Book:
    """Prices by region and id."""

    prices: Mapping[tuple[str, str], Price]

    def price(self, wanted: str, region: str) -> Price | None:
        """The price in a region; where the book has none, that of us-east-1, with less confidence."""
        if found := self.prices.get((region, wanted)):
            return found
        found = self.prices.get((SHIPPED_REGION, wanted))
        return found and msgspec.structs.replace(found, confidence=lower(found.confidence))

    def knows(self, region: str) -> bool:
        """Whether any price of the region itself is in the book."""
        return any(where == region for where, _ in self.prices)

    def ids(self) -> tuple[str, ...]:
        """Every id, sorted."""
        return tuple(sorted({wanted for _, wanted in self.prices}))

    def over(self, other: Book) -> Book:
        """Both books; where they say different things, this one holds."""
        return Book({**other.prices, **self.prices})


def lower(confidence: Confidence) -> Confidence:
    """One step down; `low` stays."""
    return CONFIDENCES[min(CONFIDENCES.index(confidence) + 1, len(CONFIDENCES) - 1)]


def lowest(confidences: Iterable[Confidence]) -> Confidence:
    """The worst of them; `high` when there are none."""
    return max(confidences, key=CONFIDENCES.index, default=CONFIDENCES[0])


@cache
def shipped() -> Book:
    """The book that comes with Formwork: us-east-1, on demand."""
    return read(resources.files(__package__).joinpath("books", f"{SHIPPED_REGION}.json").read_bytes())


def read(content: bytes) -> Book:
    """A book of its file's bytes; ValueError, with what is wrong, when it is none."""
    try:
        prices = msgspec.json.decode(content, type=_File).prices
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    book = Book({(price.region, price.id): price for price in prices})
    if len(book.prices) != len(prices):
        raise ValueError("it has one id twice for a region")
    if wrong := next((price for price in prices if not is_sound(price)), None):
        raise ValueError(
            f"the price of {wrong.id} is negative or above {DEAREST:,.0f} USD, or its tiers do not rise from "
            "0, where they cost as much as it says"
        )
    return book


def write(book: Book) -> bytes:
    """The file of a book, deterministic."""
    prices = tuple(price for _, price in sorted(book.prices.items()))
    return msgspec.json.format(msgspec.json.encode(_File(prices)), indent=2) + b"\n"


def is_sound(price: Price) -> bool:
    """Whether an estimate can count with a price."""
    starts = [tier.above for tier in price.tiers]
    first = not starts or (starts[0] == 0 and price.tiers[0].usd == price.usd)
    rising = all(low < high for low, high in pairwise(starts))
    asked = price.query is None or price.query.per > 0
    return first and rising and asked and all(0 <= usd <= DEAREST for usd in _amounts(price))


def _amounts(price: Price) -> Iterable[float]:
    return (price.usd, *(tier.usd for tier in price.tiers))
