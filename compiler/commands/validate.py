"""`formwork validate SPEC`: everything that can be known without building."""

from __future__ import annotations

import argparse
from datetime import date

from compiler import pipeline
from compiler.commands.findings import show_findings
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.document import read
from compiler.exits import FINE
from compiler.views.findings import FORMATS


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, --format."""
    spec_argument(parser)
    environment_option(parser)
    format_option(parser, FORMATS)


def run(options: argparse.Namespace) -> int:
    """Prints warnings; nothing at all when all is well, as cfn-lint does."""
    platforms = pipeline.platforms(read(options.spec), options.env)
    show_findings(pipeline.judged(platforms, date.today()), options.format)
    return FINE
