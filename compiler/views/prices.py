"""Prices -> a table for a terminal, Markdown for a document, data for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from compiler.pricing.book import Price
from compiler.pricing.refresh import Refreshed
from compiler.views.cost import COLOURS, unit_price
from compiler.views.style import Style


def text(prices: Sequence[Price], style: Style) -> str:
    """One row for each price, and below it where that is from."""
    width = max((len(price.id) for price in prices), default=0)
    lines = []
    for price in prices:
        sure = style.paint(price.confidence, COLOURS[price.confidence])
        lines += [f"{price.id:<{width}}  {_amount(price)} USD per {price.unit} in {price.region}  {sure}"]
        lines += [style.paint(f"{'':<{width}}  {price.as_of}, {price.source}", "dim")]
    return "\n".join([*lines, ""]) if lines else ""


def markdown(prices: Sequence[Price]) -> str:
    """A table."""
    lines = ["| id | USD | per | as of | confidence | source |", "| --- | ---: | --- | --- | --- | --- |"]
    lines += [
        f"| `{price.id}` | {_amount(price)} | {price.unit} | {price.as_of} | {price.confidence} "
        f"| {price.source.replace('|', '/')} |"
        for price in prices
    ]
    return "\n".join([*lines, ""])


def data(prices: Sequence[Price]) -> list[Any]:
    """Complete, as in the book's file."""
    found: list[Any] = msgspec.to_builtins(list(prices))
    return found


def refreshed_text(found: Refreshed, where: str, style: Style) -> str:
    """What was written, and which prices stay as they were."""
    count = len(found.book.prices)
    lines = [f"{where}: {count} price" if count == 1 else f"{where}: {count} prices"]
    if found.missing:
        lines += [style.paint(f"not found, so they stay as they were: {', '.join(found.missing)}", "yellow")]
    if found.unasked:
        lines += [style.paint(f"not in the API: {', '.join(found.unasked)}", "dim")]
    return "\n".join([*lines, ""])


def _amount(price: Price) -> str:
    if not price.tiers:
        return unit_price(price.usd)
    first, *more = price.tiers
    rest = ", ".join(f"{unit_price(tier.usd)} above {tier.above:,.0f}" for tier in more)
    return f"{unit_price(first.usd)} ({rest})"
