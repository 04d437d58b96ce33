"""A price book and the AWS Price List API -> today's prices of a region, and which could not be found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from compiler.pricing.book import SHIPPED_REGION, Book, Price, Query, Tier, is_sound

SOURCE = "AWS Price List API"
# What a usage type begins with outside us-east-1, such as EUW2- or APN1-; some services write the region.
# Source: AWS Price List API, attribute `usagetype`; "Understanding your AWS usage types".
PREFIX = r"(?:[A-Z]{2,4}[0-9]?-|[a-z]{2}(?:-[a-z]+)+-[0-9]-)?"
# What the API leaves out of its answer: a number of digits that no amount of ours needs.
DIGITS = 12


class Products(Protocol):
    """The Price List API as it is needed here; `deploy.aws` has the real one."""

    def products(self, service: str, attributes: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        """Every product of a service with these attributes, as the API gives it (format aws_v1)."""


@dataclass(frozen=True)
class Refreshed:
    """What was found out."""

    book: Book  # the region's own prices, where they were found
    missing: tuple[str, ...]  # ids that keep the price they had, sorted
    unasked: tuple[str, ...]  # ids of which nobody knows how the API calls them


def refresh(book: Book, region: str, api: Products) -> Refreshed:
    """The on-demand prices of a region in USD, for every id of the book that says how it is found."""
    wanted = [price for known in book.ids() if (price := book.price(known, SHIPPED_REGION))]
    found: dict[tuple[str, str], Price] = {}
    answers: dict[tuple[str, tuple[tuple[str, str], ...]], list[Mapping[str, Any]]] = {}
    for price in wanted:
        if price.query is None:
            continue
        asked = (price.query.service, tuple(sorted(price.query.attributes.items())))
        if asked not in answers:
            filters = {"regionCode": region, **price.query.attributes}
            answers[asked] = list(api.products(price.query.service, filters))
        if today := _today(price, price.query, region, answers[asked]):
            found[region, price.id] = today
    asked_for = [price.id for price in wanted if price.query]
    return Refreshed(
        Book(found),
        tuple(known for known in asked_for if (region, known) not in found),
        tuple(price.id for price in wanted if not price.query),
    )


def _today(price: Price, query: Query, region: str, products: Iterable[Mapping[str, Any]]) -> Price | None:
    """The price that the products agree on; None when there is none, or more than one."""
    known: dict[tuple[Tier, ...], str] = {}
    for product in products:
        for tiers, since in _read(product, query):
            known[tiers] = max(since, known.get(tiers, ""))
    if len(known) != 1:
        return None
    ((tiers, since),) = known.items()
    found = msgspec.structs.replace(
        price,
        usd=tiers[0].usd,
        tiers=tiers if len(tiers) > 1 else (),
        source=SOURCE,
        as_of=since,
        confidence="high",
        region=region,
    )
    return found if is_sound(found) else None


def _read(product: Mapping[str, Any], query: Query) -> list[tuple[tuple[Tier, ...], str]]:
    """The offers of a product of the query's usage type; none of one that is not of the known shape."""
    try:
        usage = str(product["product"]["attributes"]["usagetype"])
        fits = re.fullmatch(PREFIX + re.escape(query.usage), usage)
        return list(_offers(product, query.per)) if fits else []
    except (AttributeError, KeyError, TypeError, ValueError):
        return []


def _offers(product: Mapping[str, Any], per: float) -> Iterator[tuple[tuple[Tier, ...], str]]:
    """The tiers of each on-demand offer in the book's units, and since when it holds; none that is free.

    What an account has free at first is left out: the platform may not be alone in it.
    """
    for offer in product.get("terms", {}).get("OnDemand", {}).values():
        dimensions = offer.get("priceDimensions", {}).values()
        steps = sorted(
            (float(each.get("beginRange", 0)) / per, float(each["pricePerUnit"]["USD"]) * per)
            for each in dimensions
            if "USD" in each.get("pricePerUnit", {})
        )
        paid = [(above, round(usd, DIGITS)) for above, usd in steps if usd]
        if paid:
            first, *more = paid
            tiers = (Tier(0, first[1]), *(Tier(above, usd) for above, usd in more))
            yield tiers, str(offer.get("effectiveDate", ""))[:10]
