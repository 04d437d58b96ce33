"""`formwork validate SPEC`: everything that can be known without building."""

from __future__ import annotations

import argparse

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
    """Prints nothing to standard output when all is well, as cfn-lint does."""
    document = read(options.spec)
    if options.env is not None:
        pipeline.understand(document, options.env)
    else:
        pipeline.check(document)
    show_findings([], options.format)
    return FINE
