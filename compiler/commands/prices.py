"""`formwork prices`: which prices estimates use and who says so; and today's, from the AWS Price List API."""

from __future__ import annotations

import argparse
import re
import sys

from compiler.assembly import dumps
from compiler.commands.files import write_file
from compiler.commands.options import format_option
from compiler.commands.pricing import book, price_book_option
from compiler.deploy.errors import DeployError
from compiler.diagnostics import suggest
from compiler.exits import FINE, UserError
from compiler.kind import REGION
from compiler.pricing.book import SHIPPED_REGION, Price, write
from compiler.pricing.refresh import Products, refresh
from compiler.views import prices as view
from compiler.views.style import for_stream

FORMATS = ("text", "markdown", "json")


def arguments(parser: argparse.ArgumentParser) -> None:
    """`list [ID...]` and `refresh --region R`."""
    topics = parser.add_subparsers(dest="topic", metavar="TOPIC", required=True)
    listing = topics.add_parser("list", help="the prices, with their sources and how sure they are")
    listing.add_argument("ids", metavar="ID", nargs="*", help="an id or its beginning, such as nat")
    listing.add_argument(
        "--region", metavar="REGION", default=SHIPPED_REGION, help=f"(default: {SHIPPED_REGION})"
    )
    price_book_option(listing)
    format_option(listing, FORMATS)
    refreshing = topics.add_parser("refresh", help="write the prices of a region that AWS publishes today")
    refreshing.add_argument("--region", metavar="REGION", required=True, help="whose prices")
    refreshing.add_argument("--out", metavar="FILE", help="where to write (default: prices.<REGION>.json)")
    refreshing.add_argument("--profile", metavar="NAME", help="a profile of the AWS configuration files")
    refreshing.add_argument("--endpoint-url", metavar="URL", help="send every call there")


def run(options: argparse.Namespace) -> int:
    """Prints prices, or writes a price book."""
    _check_region(options.region)
    if options.topic == "list":
        return _list(options)
    from compiler.deploy.aws import Session, price_list

    return fetch(options, price_list(Session(options.profile, None, options.endpoint_url)))


def fetch(options: argparse.Namespace, api: Products) -> int:
    """Writes what the API says; DeployError when it knows no price of the region at all."""
    found = refresh(book(None), options.region, api)
    if not found.book.prices:
        raise DeployError(
            f"AWS publishes no prices of {options.region} that the price book asks for",
            "check the region's name",
        )
    where = options.out or f"prices.{options.region}.json"
    write_file(where, write(found.book))
    print(view.refreshed_text(found, where, for_stream(sys.stdout)), end="")
    return FINE


def _list(options: argparse.Namespace) -> int:
    whole = book(None, options.price_book)
    ids = whole.ids()
    wanted = [known for known in ids if _is_wanted(known, options.ids)]
    for word in options.ids:
        if not any(_is_wanted(known, [word]) for known in ids):
            known = {part for each in ids for part in (each, each.partition(".")[0])}
            raise UserError(f"the price book has no '{word}'{suggest(word, known)}")
    prices: list[Price] = [found for known in wanted if (found := whole.price(known, options.region))]
    if options.format == "json":
        print(dumps({"prices": view.data(prices)}), end="")
    elif options.format == "markdown":
        print(view.markdown(prices), end="")
    else:
        print(view.text(prices, for_stream(sys.stdout)), end="")
    return FINE


def _is_wanted(known: str, words: list[str]) -> bool:
    return not words or any(known == word or known.startswith(f"{word}.") for word in words)


def _check_region(region: str) -> None:
    if not re.fullmatch(REGION["pattern"].removeprefix("^").removesuffix("$"), region):
        raise UserError(f"'{region}' is no region; give {REGION['form']}")
