"""`formwork plan SPEC --env E`: what deploying would change, through change sets that are then deleted."""

from __future__ import annotations

import argparse

from compiler.commands.aws_options import aws_options, connected, role_option
from compiler.commands.build import compile_judged
from compiler.commands.findings import show_findings
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.commands.pricing import cost_changes
from compiler.commands.reviewing import FORMATS, show_live_plan
from compiler.exits import CHANGES, FINE


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, the AWS options, --role-arn, --exit-code, --verbose, --format."""
    spec_argument(parser)
    environment_option(parser, required=True)
    aws_options(parser)
    role_option(parser)
    parser.add_argument("--exit-code", action="store_true", help="end with 5 when there are changes")
    parser.add_argument("-v", "--verbose", action="store_true", help="fold nothing")
    format_option(parser, FORMATS)


def run(options: argparse.Namespace) -> int:
    """Prints the plan; leaves nothing behind in the account."""
    from compiler.deploy import plan

    (assembly,), warnings = compile_judged(options.spec, options.env)
    show_findings(warnings, "text")
    with connected(options, assembly) as aws, plan.make(assembly, aws) as prepared:
        pass  # only made to be shown
    show_live_plan(prepared.plan, options, cost_changes(options.spec, [(prepared.before, assembly)]))
    return CHANGES if options.exit_code and prepared.plan.has_changes else FINE
