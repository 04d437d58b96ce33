"""`formwork validate SPEC`: everything that can be known without building."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date

from compiler import pipeline
from compiler.commands.findings import show_findings
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.diagnostics import Diagnostic, SpecError
from compiler.document import Document, read
from compiler.exits import FINE
from compiler.views.findings import FORMATS


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, --format, --fix, --diff."""
    spec_argument(parser)
    environment_option(parser)
    format_option(parser, FORMATS)
    parser.add_argument("--fix", action="store_true", help="mend in SPEC what can only be meant in one way")
    parser.add_argument(
        "--diff", "--dry-run", action="store_true", help="show what --fix would change, and write nothing"
    )


def run(options: argparse.Namespace) -> int:
    """Prints warnings; nothing at all when all is well, as cfn-lint does."""
    if options.fix or options.diff:
        from compiler.commands.fixing import fix_spec  # late: few ask

        return fix_spec(options, lambda document: _problems(document, options.env))
    show_findings(_warnings(read(options.spec), options.env), options.format)
    return FINE


def _warnings(document: Document, environment: str | None) -> list[Diagnostic]:
    return pipeline.judged(pipeline.platforms(document, environment), date.today())


def _problems(document: Document, environment: str | None) -> Sequence[Diagnostic]:
    """Errors, and warnings as well where there is nothing worse than what rules say."""
    try:
        return _warnings(document, environment)
    except SpecError as error:
        return error.diagnostics
