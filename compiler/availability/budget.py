"""Promises of steps -> the promise of a path, and how long it may be down."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import prod

from compiler.availability.paths import Step
from compiler.pricing.book import HOURS

MINUTES_OF_MONTH = HOURS * 60
HOURS_OF_YEAR = 8760


def promised(steps: Iterable[Step]) -> Fraction:
    """The share of a month in which all steps work at once, of those of which anything is promised.

    As if they failed independently: a path of steps in a row works as long as every one does.
    """
    return prod((step.sla.share for step in steps if step.sla.share is not None), start=Fraction(1))


def unknown(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps of which nothing is promised, so that `promised` of them all is a limit only."""
    return tuple(step for step in steps if step.sla.share is None)


def weakest(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps to which a path owes most of its downtime: those without a promise, else of the least."""
    found = tuple(steps)
    least = min((step.sla.share for step in found if step.sla.share is not None), default=None)
    return unknown(found) or tuple(step for step in found if step.sla.share == least)


def percentage(share: Fraction) -> float:
    """0.9991002 -> 99.91: never rounded up, and finer the nearer it is to 100, which only 1 gives."""
    digits = 2
    while digits < 6 and 100 - share * 100 < Fraction(2, 10**digits):
        digits += 1
    return float(Fraction(int(share * 100 * 10**digits), 10**digits))


def shown(share: Fraction) -> str:
    """`percentage`, as people read it; a shorter text could say 100."""
    return f"{percentage(share):.10g}"


def minutes_a_month(share: Fraction) -> float:
    """The minutes of a month of 730 hours that are left, to a tenth."""
    return round(float((1 - share) * MINUTES_OF_MONTH), 1)


def hours_a_year(share: Fraction) -> float:
    """The hours of a year of 365 days that are left, to a tenth."""
    return round(float((1 - share) * HOURS_OF_YEAR), 1)


def share(written: float) -> Fraction:
    """What a spec writes in percent, exact: 99.9 -> 0.999."""
    return Fraction(str(written)) / 100
