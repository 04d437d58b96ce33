"""`formwork deploy SPEC --env E`: shows the plan, asks, and executes the very change sets that were shown."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from compiler.assembly import Assembly
from compiler.commands.aws_options import aws_options, connected, role_option
from compiler.commands.build import compile_judged
from compiler.commands.findings import show_findings
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.commands.pricing import cost_changes
from compiler.commands.progressing import show_events
from compiler.commands.reviewing import confirm, require_approval, show_live_plan
from compiler.exits import FINE, INVALID

if TYPE_CHECKING:
    from compiler.deploy.door import Aws


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, --yes, --approve, the AWS options, --role-arn, --verbose, --format."""
    spec_argument(parser)
    environment_option(parser, required=True)
    parser.add_argument("--yes", action="store_true", help="do not ask; risky changes still need --approve")
    parser.add_argument(
        "--approve",
        metavar="ID",
        action="append",
        default=[],
        help="approve a risky change by its logical id",
    )
    aws_options(parser)
    role_option(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="fold nothing in the plan")
    format_option(parser, ("text", "json"))


def run(options: argparse.Namespace) -> int:
    """Deploys; whatever ends it early, nothing that was only shown stays in the account."""
    from compiler.lint import lint  # late: cfn-lint costs half a second

    (assembly,), warnings = compile_judged(options.spec, options.env)
    show_findings(warnings, "text")
    findings = lint([assembly])
    if any(finding.severity == "error" for finding in findings):
        show_findings(findings, options.format)
        return INVALID
    with connected(options, assembly) as aws:
        _deploy(options, assembly, aws)
    return FINE


def _deploy(options: argparse.Namespace, assembly: Assembly, aws: Aws) -> None:
    from compiler.deploy import execute, plan

    with plan.make(assembly, aws) as prepared:
        if options.format == "text":
            show_live_plan(prepared.plan, options, cost_changes(options.spec, [(prepared.before, assembly)]))
        require_approval(prepared.plan, options.approve)
        if prepared.plan.has_changes and not options.yes:
            confirm(f"Deploy to {assembly.environment}?", "yes")
        show_events(execute.run(prepared), options)
