"""`formwork preflight SPEC --env E`: what the account would refuse; read-only."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from compiler import preflight
from compiler.commands.aws_options import aws_options, connected
from compiler.commands.build import compile_all
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.commands.pages import page
from compiler.exits import FINE, INVALID
from compiler.preflight import survey
from compiler.views.preflight import render_json, render_text
from compiler.views.preflight_page import document
from compiler.views.style import for_stream


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, the AWS options, --no-service-linked-roles, --format."""
    parser.epilog = (
        "Changes nothing. Ends with 0 when no error was found, with 1 when one was, and with 3 when the "
        "account cannot be reached; what may not be looked at is told and is no error. docs/preflight.md "
        "lists the checks and the permissions that they need."
    )
    spec_argument(parser)
    environment_option(parser, required=True)
    aws_options(parser)
    parser.add_argument(
        "--no-service-linked-roles",
        action="store_true",
        help="who deploys may not make service-linked roles, so a missing one is an error",
    )
    format_option(parser, ("text", "json"))


def run(options: argparse.Namespace) -> int:
    """Prints what was found; fails when an error was."""
    (assembly,) = compile_all(options.spec, options.env)
    with connected(options, assembly) as aws:
        sites = survey.sites(assembly, aws, datetime.now(UTC), not options.no_service_linked_roles)
        report = preflight.run(sites)
    if options.format == "json":
        print(render_json(sites[0], report), end="")
    else:
        print(render_text(sites[0], report, for_stream(sys.stdout), emulated=options.local), end="")
    return INVALID if report.count("error") else FINE


def main(given: Sequence[str] | None = None) -> int:
    """Writes the page about the checks, or fails when the one that is there is stale."""
    return page("preflight", document, given)


if __name__ == "__main__":
    sys.exit(main())
