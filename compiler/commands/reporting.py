"""Where a review goes: standard output or a file; and what its HTML page is made of."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from compiler.assembly import Assembly
from compiler.commands.files import write_file
from compiler.cost.difference import Difference
from compiler.model import Platform
from compiler.review.changes import ChangePlan
from compiler.views.style import Style, for_stream

if TYPE_CHECKING:
    from compiler.views.report.page import Report


def report_option(parser: argparse.ArgumentParser, *names: str) -> None:
    """--report, and more names for it where they are free."""
    parser.add_argument(
        "--report", *names, dest="report", metavar="FILE", help="write what --format says to FILE instead"
    )


def deliver(text: str, options: argparse.Namespace) -> None:
    """Writes a file, whole or not at all, when one is asked for; else prints."""
    file = _file(options)
    if file is None:
        print(text, end="", flush=True)
        return
    write_file(file, text.encode(errors="replace"), option="--report")
    print(f"formwork: wrote {file}", file=sys.stderr)


def style_of(options: argparse.Namespace) -> Style:
    """Colours for a terminal only."""
    return Style(False) if _file(options) else for_stream(sys.stdout)


def page_of(
    plans: Sequence[ChangePlan],
    costs: Sequence[Difference],
    subjects: Sequence[tuple[Platform, Assembly]],
) -> str:
    """The HTML page about plans, each with what it costs and what it was made of, as far as that is known."""
    from compiler.views.report.page import page  # late: only this format asks

    return page([_report(*each) for each in zip_longest(plans, costs, subjects)])


def _report(plan: ChangePlan, cost: Difference | None, subject: tuple[Platform, Assembly] | None) -> Report:
    from compiler.review.picture import picture
    from compiler.views.report.page import Report

    if subject is None:
        return Report(plan, cost=cost)
    platform, assembly = subject
    return Report(plan, picture(platform, assembly, plan), assembly.waivers, cost, assembly.budget)


def _file(options: argparse.Namespace) -> str | None:
    return getattr(options, "report", None)
