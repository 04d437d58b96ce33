"""`formwork explain connection CONSUMER TARGET` and `explain role COMPONENT`: who may do what, and why."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from compiler import pipeline
from compiler.assembly import dumps
from compiler.commands.code import sources
from compiler.commands.options import environment_option, format_option, spec_of, spec_option
from compiler.document import read
from compiler.exits import FINE

if TYPE_CHECKING:
    from compiler.access.built import Built
    from compiler.views.style import Style


def connection_arguments(parser: argparse.ArgumentParser) -> None:
    """CONSUMER, TARGET, --spec, --env, --format."""
    parser.add_argument("consumer", metavar="CONSUMER", help="the component that uses the other")
    parser.add_argument("target", metavar="TARGET", help="the component that is used")
    _common(parser)


def role_arguments(parser: argparse.ArgumentParser) -> None:
    """COMPONENT, --spec, --env, --format."""
    parser.add_argument("component", metavar="COMPONENT", help="the component whose roles are meant")
    _common(parser)


def _common(parser: argparse.ArgumentParser) -> None:
    spec_option(parser)
    environment_option(parser, required=True)
    format_option(parser, ("text", "json"))


def run(options: argparse.Namespace) -> int:
    """Prints the explanation; UserError when there is no such component, connection or role."""
    from compiler.access.built import Built  # late: troposphere costs 70 ms, and `explain value` needs none
    from compiler.views.style import for_stream

    spec = spec_of(options)
    built = Built(*pipeline.compile_with_draft(read(spec), options.env, sources(spec)))
    tell = _connection if options.topic == "connection" else _role
    print(tell(options, built, for_stream(sys.stdout)), end="")
    return FINE


def _connection(options: argparse.Namespace, built: Built, style: Style) -> str:
    from compiler.access.connection import uses
    from compiler.views import access

    found = uses(options.consumer, options.target, built)
    as_json = options.format == "json"
    return dumps(access.connection_data(found, built)) if as_json else access.connection(found, built, style)


def _role(options: argparse.Namespace, built: Built, style: Style) -> str:
    from compiler.access.roles import roles
    from compiler.views import access

    found = roles(options.component, built)
    return (
        dumps(access.role_data(found, built))
        if options.format == "json"
        else access.roles(found, built, style)
    )
