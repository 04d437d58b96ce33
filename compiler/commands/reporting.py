"""Where a review goes: standard output or a file; and what its HTML page is made of."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from compiler.assembly import Assembly
from compiler.commands.files import write_file
from compiler.cost.difference import Difference
from compiler.model import Platform
from compiler.review.changes import ChangePlan
from compiler.views.style import Style, for_stream


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


def _file(options: argparse.Namespace) -> str | None:
    return getattr(options, "report", None)


def style_of(options: argparse.Namespace) -> Style:
    """Colours for a terminal only."""
    return Style(False) if _file(options) else for_stream(sys.stdout)


def page_of(
    plans: Sequence[ChangePlan],
    costs: Sequence[Difference],
    subjects: Sequence[tuple[Platform, Assembly]],
) -> str:
    """The HTML page about plans, each with what it costs and what it was made of."""
    # Late: only this format asks.
    from compiler.review.picture import picture
    from compiler.views.report.page import Report, page

    reports = [
        Report(plan, picture(platform, assembly, plan), assembly.waivers, cost, assembly.budget)
        for plan, cost, (platform, assembly) in zip(plans, costs, subjects, strict=True)
    ]
    return page(reports)
