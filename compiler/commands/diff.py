"""`formwork diff SPEC`: what would change, offline, against templates on disk."""

from __future__ import annotations

import argparse

from compiler.assembly import Assembly, read
from compiler.commands.build import compile_all, folder
from compiler.commands.files import read_tree
from compiler.commands.reviewing import FORMATS, show_plans
from compiler.commands.shared import environment_option, format_option, spec_argument
from compiler.exits import CHANGES, FINE, InvalidError


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, --against, --exit-code, --verbose, --format."""
    spec_argument(parser)
    environment_option(parser)
    parser.add_argument(
        "--against", metavar="DIR", default="templates", help="what was built before (default: templates)"
    )
    parser.add_argument("--exit-code", action="store_true", help="end with 5 when there are changes")
    parser.add_argument("-v", "--verbose", action="store_true", help="fold nothing")
    format_option(parser, FORMATS)


def run(options: argparse.Namespace) -> int:
    """Prints the predicted plan of every environment; needs no AWS."""
    from compiler.review.templates import compare

    plans = [
        compare(_before(options.against, assembly), assembly)
        for assembly in compile_all(options.spec, options.env)
    ]
    show_plans(plans, options)
    return CHANGES if options.exit_code and any(plan.has_changes for plan in plans) else FINE


def _before(against: str, assembly: Assembly) -> Assembly | None:
    """What was built before; None when this environment never was."""
    where = folder(against, assembly)
    files = read_tree(where)
    if not files:
        return None
    try:
        return read(files)
    except (KeyError, ValueError) as error:
        message = (
            f"{where} is not what `formwork build` writes ({error}); build it again, or name another folder"
        )
        raise InvalidError(message) from error
