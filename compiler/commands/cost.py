"""`formwork cost SPEC`: what each environment costs in a month, and what that leaves out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from compiler.assembly import Assembly, dumps
from compiler.commands.build import compile_all
from compiler.commands.findings import show_findings
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.commands.pricing import book, price_book_option
from compiler.cost.budget import budget_findings
from compiler.cost.estimate import Estimate
from compiler.cost.price import estimate
from compiler.diagnostics import Diagnostic
from compiler.exits import FINE, INVALID
from compiler.views import cost
from compiler.views.style import for_stream

FORMATS = ("text", "markdown", "json")


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, --by, --price-book, --verbose, --format."""
    spec_argument(parser)
    environment_option(parser)
    parser.add_argument(
        "--by", choices=("component", "stack", "line"), default="component", help="what is summed up"
    )
    price_book_option(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="every line below the sums")
    format_option(parser, FORMATS)


def run(options: argparse.Namespace) -> int:
    """Fails when the expected cost of an environment is over a budget that says so; needs no AWS."""
    prices = book(options.spec, options.price_book)
    assemblies = compile_all(options.spec, options.env)
    estimates = [estimate(assembly, prices) for assembly in assemblies]
    findings = _findings(assemblies, estimates)
    _show(estimates, findings, options)
    show_findings(findings, "text")
    return INVALID if any(finding.severity == "error" for finding in findings) else FINE


def _findings(assemblies: Sequence[Assembly], estimates: Sequence[Estimate]) -> list[Diagnostic]:
    return [
        finding
        for assembly, found in zip(assemblies, estimates, strict=True)
        if assembly.budget
        for finding in budget_findings(found, assembly.budget)
    ]


def _show(estimates: Sequence[Estimate], findings: Sequence[Diagnostic], options: argparse.Namespace) -> None:
    if options.format == "json":
        told = [
            {"code": each.code, "severity": each.severity, "message": each.message, "at": str(each.position)}
            for each in findings
        ]
        print(dumps({"estimates": [cost.data(each) for each in estimates], "findings": told}), end="")
    elif options.format == "markdown":
        print("\n".join(cost.markdown(each, options.by) for each in estimates), end="")
    else:
        style = for_stream(sys.stdout)
        print("\n".join(cost.text(each, style, options.by, options.verbose) for each in estimates), end="")
    sys.stdout.flush()
