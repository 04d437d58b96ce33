"""`formwork status SPEC --env E`: the live state of every stack, in the words of the spec."""

from __future__ import annotations

import argparse
import sys

from compiler.commands.aws_options import aws_options, connected
from compiler.commands.build import compile_all
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.exits import FINE
from compiler.views.deploy import status_json, status_text
from compiler.views.style import for_stream


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, the AWS options, --format."""
    spec_argument(parser)
    environment_option(parser, required=True)
    aws_options(parser)
    format_option(parser, ("text", "json"))


def run(options: argparse.Namespace) -> int:
    """Prints the state; fails only when it cannot be read."""
    from compiler.deploy import live

    (assembly,) = compile_all(options.spec, options.env)
    with connected(options, assembly) as aws:
        status = live.read(assembly, aws)
    print(status_json(status) if options.format == "json" else status_text(status, for_stream(sys.stdout)))
    return FINE
