"""`formwork explain availability SPEC --env E`: what AWS promises of each path, against the target."""

from __future__ import annotations

import argparse
import sys

from compiler import pipeline
from compiler.assembly import dumps
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.document import read
from compiler.exits import FINE
from compiler.views import availability
from compiler.views.style import for_stream


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, --format."""
    spec_argument(parser)
    environment_option(parser, required=True)
    format_option(parser, ("text", "json"))


def run(options: argparse.Namespace) -> int:
    """Prints it."""
    platform = pipeline.understand(read(options.spec), options.env)
    if options.format == "json":
        print(dumps(availability.data(platform)), end="")
    else:
        print(availability.text(platform, for_stream(sys.stdout)), end="")
    return FINE
