"""The price book that a command uses, and what it makes of assemblies."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from compiler.assembly import Assembly
from compiler.commands.files import content_of
from compiler.diagnostics import Diagnostic
from compiler.exits import UserError

if TYPE_CHECKING:
    from compiler.cost.difference import Difference
    from compiler.pricing.book import Book


def price_book_option(parser: argparse.ArgumentParser) -> None:
    """--price-book, which may be given more than once."""
    parser.add_argument(
        "--price-book",
        metavar="FILE",
        action="append",
        default=[],
        help="prices that hold over the shipped ones; `formwork prices refresh` writes such a file",
    )


def book(files: Iterable[str] = ()) -> Book:
    """The shipped book under the given ones, the last on top; UserError when one cannot be used."""
    from compiler.pricing.book import shipped

    whole = shipped()
    for file in files:
        whole = _read(file).over(whole)
    return whole


def budget_problems(assemblies: Iterable[Assembly]) -> Iterator[Diagnostic]:
    """What is wrong with the cost of those that have a budget, by the shipped prices."""
    wanted = [assembly for assembly in assemblies if assembly.budget]
    if not wanted:
        return
    from compiler.cost.budget import budget_findings
    from compiler.cost.price import estimate

    prices = book()
    for assembly in wanted:
        if assembly.budget:
            yield from budget_findings(estimate(assembly, prices), assembly.budget)


def cost_changes(pairs: Iterable[tuple[Assembly | None, Assembly]]) -> list[Difference]:
    """How the expected cost changes between what was there and what is to be, by the shipped prices."""
    from compiler.cost.difference import difference
    from compiler.cost.price import estimate

    prices = book()
    return [
        difference(estimate(before, prices) if before else None, estimate(after, prices))
        for before, after in pairs
    ]


def _read(file: str) -> Book:
    from compiler.pricing.book import read

    content = content_of(file)
    if content is None:
        raise UserError(
            f"there is no price book {file}; make one with `formwork prices refresh --out {file}`"
        )
    try:
        return read(content)
    except ValueError as error:
        why = str(error)
        raise UserError(
            f"{file} is no price book: {why[:1].lower()}{why[1:]}; write it with `formwork prices refresh`"
        ) from error
