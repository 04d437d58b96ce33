"""What pricers say of a resource: a price's id and how many of its units, or why there is no price."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from compiler.cost.estimate import Range, exactly
from compiler.cost.subject import Resource
from compiler.pricing.book import HOURS

GB = 2.0**30  # bytes: what AWS calls a GB


@dataclass(frozen=True)
class Charge:
    """One thing that is billed."""

    what: str
    price: str  # an id of the book
    quantity: Range | None  # units in a month; None when it depends on use that nobody declared
    key: str = ""  # what of the component's `usage` would tell it
    teller: str = ""  # the component whose `usage` that is, where another one speaks for it


@dataclass(frozen=True)
class Unpriced:
    """A resource, or a part of it, that is billed in a way that is not known here."""

    what: str
    why: str


Charges: TypeAlias = Iterable[Charge | Unpriced]
Pricer: TypeAlias = Callable[[Resource], Charges]


def hourly(what: str, price: str, how_many: Range | float = 1) -> Charge:
    """What is billed by the hour, for a whole month."""
    number = how_many if isinstance(how_many, Range) else exactly(how_many)
    return Charge(what, price, number * HOURS)


def monthly(what: str, price: str, how_many: Range | float = 1) -> Charge:
    """What is billed by the month."""
    return Charge(what, price, how_many if isinstance(how_many, Range) else exactly(how_many))


def used(what: str, price: str, amount: float | None, key: str, per: float = 1, teller: str = "") -> Charge:
    """What is billed by use, `per` of the declared amount at a time; open when nothing was declared."""
    return Charge(what, price, None if amount is None else exactly(amount / per), key, teller)
