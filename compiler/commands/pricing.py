"""The price book that a command uses, and what it makes of assemblies."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from compiler.assembly import Assembly
from compiler.commands.files import content_of, names_in
from compiler.diagnostics import Diagnostic
from compiler.exits import UserError

BOOKS = "prices.*.json"  # how `formwork prices refresh` calls what it writes

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
        help="prices that hold over the others; `formwork prices refresh` writes such a file, and one beside "
        "the spec is found by itself",
    )


def book(spec: str | None, files: Iterable[str] = ()) -> Book:
    """The shipped book, over it those beside the spec, then the given ones; the last holds.

    UserError when one cannot be used.
    """
    from compiler.pricing.book import shipped

    whole = shipped()
    for file in [*_beside(spec), *files]:
        whole = _read(file).over(whole)
    return whole


def budget_problems(spec: str, assemblies: Iterable[Assembly]) -> Iterator[Diagnostic]:
    """What is wrong with the cost of those that have a budget, by the prices that hold for the spec."""
    wanted = [assembly for assembly in assemblies if assembly.budget]
    if not wanted:
        return
    from compiler.cost.budget import budget_findings
    from compiler.cost.price import estimate

    prices = book(spec)
    for assembly in wanted:
        if assembly.budget:
            yield from budget_findings(estimate(assembly, prices), assembly.budget)


def cost_changes(spec: str, pairs: Iterable[tuple[Assembly | None, Assembly]]) -> list[Difference]:
    """How the expected cost changes from what was there to what is to be, by the prices of the spec."""
    from compiler.cost.difference import difference
    from compiler.cost.price import estimate

    prices = book(spec)
    return [
        difference(estimate(_informed(before, after), prices) if before else None, estimate(after, prices))
        for before, after in pairs
    ]


def _informed(before: Assembly, after: Assembly) -> Assembly:
    """What was there, with use that is declared only now: to know more changes no bill."""
    names = before.usage.keys() | after.usage.keys()
    use = {name: {**after.usage.get(name, {}), **before.usage.get(name, {})} for name in sorted(names)}
    return replace(before, usage=use)


def _beside(spec: str | None) -> list[str]:
    """The price books in the spec's folder, sorted."""
    folder = os.path.dirname(spec) if spec else None
    names = names_in(folder or ".") if folder is not None else []
    return [os.path.join(folder or "", name) for name in names if fnmatch(name, BOOKS)]


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
        raise UserError(
            f"{file} is no price book: {_in_sentence(str(error))}; write it with `formwork prices refresh`"
        ) from error


def _in_sentence(words: str) -> str:
    """Words with a small first letter, unless they begin with an abbreviation such as JSON."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
