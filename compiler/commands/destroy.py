"""`formwork destroy SPEC --env E`: deletes every stack of an environment, last first."""

from __future__ import annotations

import argparse

from compiler.commands.acting import acting, acting_options
from compiler.commands.attaching import settle, wait_of, wait_options
from compiler.commands.aws_options import aws_options, connected, role_option
from compiler.commands.build import compile_all
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.commands.progressing import quiet_option, show_events
from compiler.commands.reviewing import confirm, show_live_plan
from compiler.exits import FINE


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, --yes, --unprotect, the AWS options, --role-arn, --wait, --format."""
    spec_argument(parser)
    environment_option(parser, required=True)
    parser.add_argument("--yes", action="store_true", help="do not ask for the environment's name")
    parser.add_argument(
        "--unprotect",
        action="store_true",
        help="also delete stacks with termination protection, turning it off for each just before its end",
    )
    aws_options(parser)
    role_option(parser)
    quiet_option(parser)
    acting_options(parser)
    wait_options(parser)
    format_option(parser, ("text", "json"))


def run(options: argparse.Namespace) -> int:
    """Shows what goes and what is kept, asks for the name of the environment, and deletes."""
    from compiler.deploy import destroy

    wait_of(options)
    (assembly,) = compile_all(options.spec, options.env)
    with connected(options, assembly) as aws, acting(options, assembly, aws) as act:
        settle(options, assembly, aws, act.clock)
        doomed = destroy.plan(assembly, aws, act.clock, unprotect=options.unprotect)
        if options.format == "text":
            show_live_plan(doomed.plan, options)
        if not options.yes:
            confirm(f"Destroy {assembly.platform} in {assembly.environment}?", assembly.environment)
        act.begin(options)
        show_events(act.noted(destroy.run(doomed, act.lease)), options)
    return FINE
