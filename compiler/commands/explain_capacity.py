"""`formwork explain capacity SPEC --env E`: what binds each component, with the arithmetic."""

from __future__ import annotations

import argparse
import sys

from compiler import pipeline
from compiler.assembly import dumps
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.document import read
from compiler.exits import FINE
from compiler.views import capacity
from compiler.views.style import for_stream


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, --format."""
    spec_argument(parser)
    environment_option(parser, required=True)
    format_option(parser, ("text", "json"))


def run(options: argparse.Namespace) -> int:
    """Prints it; what is too small is a matter of `validate`, so the exit code is 0."""
    platform = pipeline.understand(read(options.spec), options.env)
    if options.format == "json":
        print(dumps(capacity.data(platform)), end="")
    else:
        print(capacity.text(platform, for_stream(sys.stdout)), end="")
    return FINE
