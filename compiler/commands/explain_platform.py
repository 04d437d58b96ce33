"""`formwork explain availability|capacity|recovery SPEC --env E`: what a whole environment comes to."""

from __future__ import annotations

import argparse
import importlib
import sys

from compiler import pipeline
from compiler.assembly import dumps
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.document import read
from compiler.exits import FINE
from compiler.views.style import for_stream


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, --format."""
    spec_argument(parser)
    environment_option(parser, required=True)
    format_option(parser, ("text", "json"))


def run(options: argparse.Namespace) -> int:
    """Prints it; whether it is enough is a matter of `validate`, so this ends well."""
    view = importlib.import_module(f"compiler.views.{options.topic}")
    platform = pipeline.understand(read(options.spec), options.env)
    if options.format == "json":
        print(dumps(view.data(platform)), end="")
    else:
        print(view.text(platform, for_stream(sys.stdout)), end="")
    return FINE
