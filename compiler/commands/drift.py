"""`formwork drift SPEC --env E`: what was changed by hand, and the three ways out of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from compiler.commands.acting import acting_options
from compiler.commands.approving import approval_options
from compiler.commands.aws_options import aws_options, connected, role_option
from compiler.commands.build import compile_all
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.commands.progressing import quiet_option
from compiler.commands.reporting import style_of
from compiler.diagnostics import suggest
from compiler.exits import CHANGES, FAILED, FINE, UserError

if TYPE_CHECKING:
    from compiler.assembly import Assembly
    from compiler.drift.findings import Report

FORMATS = ("text", "json", "github")
_WAYS = {
    "--accept": "leave it as it is; needs --reason and --until",
    "--revert": "bring back what was deployed, after a review",
    "--adopt": "say what the spec must say so that it means what is live",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """What is searched, what is to be done about what differs, where, and how it is shown."""
    spec_argument(parser)
    environment_option(parser, required=True)
    parser.add_argument(
        "--component", metavar="NAME", action="append", default=[], help="look at this component only"
    )
    way = parser.add_mutually_exclusive_group()
    for option, words in _WAYS.items():
        way.add_argument(option, metavar="ID", nargs="+", default=[], help=words)
    parser.add_argument("--reason", metavar="TEXT", help="why it is accepted, or adopted")
    parser.add_argument("--until", metavar="DATE", help="the last day on which it is accepted")
    parser.add_argument("--fix", action="store_true", help="write what --adopt says into the spec")
    approval_options(parser)
    aws_options(parser)
    role_option(parser)
    parser.add_argument("--exit-code", action="store_true", help="end with 5 when something differs")
    parser.add_argument("-v", "--verbose", action="store_true", help="name all that was left out, and why")
    acting_options(parser)
    quiet_option(parser)
    format_option(parser, FORMATS)


def run(options: argparse.Namespace) -> int:
    """Tells what differs, or does about it what was asked for; changes nothing without being asked."""
    _check(options)
    if options.revert:
        from compiler.commands.drift_revert import revert

        return revert(options)
    (assembly,) = compile_all(options.spec, options.env)
    check_components(options, assembly)
    report = _report(options, assembly)
    if options.accept:
        from compiler.commands.drift_accept import accept

        return accept(report, options)
    if options.adopt:
        from compiler.commands.drift_adopt import adopt

        return adopt(report, options)
    _show(report, options)
    return _code(report) if options.exit_code else FINE


def _code(report: Report) -> int:
    """What --exit-code ends with: a search that failed must not pass for one that found nothing."""
    if report.findings:
        return CHANGES
    return FAILED if any(each.failed for each in report.unsearched) else FINE


def check_components(options: argparse.Namespace, assembly: Assembly) -> None:
    """UserError when --component names none that has a resource."""
    known = {origin.component for stack in assembly.stacks for origin in stack.origins.values()}
    for name in options.component:
        if name not in known:
            has = f"those with resources are: {', '.join(sorted(known))}"
            raise UserError(f"no component '{name}' has a resource; {has}{suggest(name, known)}")


def _check(options: argparse.Namespace) -> None:
    """UserError when the arguments do not go together."""
    if options.fix and not options.adopt:
        raise UserError("--fix writes what --adopt says; add --adopt ID, or leave it out")
    if options.until is not None and not options.accept:
        raise UserError("--until is for how long drift is accepted; add --accept ID, or leave it out")
    if options.reason is not None and not (options.accept or options.adopt):
        raise UserError("--reason says why drift is accepted or adopted; add --accept ID or --adopt ID")
    approved = options.yes or options.approve or options.approvals is not None
    if not options.revert and (approved or options.role_arn is not None):
        raise UserError("--yes, --approve, --approvals and --role-arn are about --revert; leave them out")
    if (options.accept or options.adopt or options.revert) and options.format == "github":
        raise UserError("--format github only tells what differs; leave it out")


def _report(options: argparse.Namespace, assembly: Assembly) -> Report:
    """What differs now, without what is accepted."""
    from datetime import UTC, datetime

    from compiler.commands.drift_accept import entries_beside
    from compiler.drift import report
    from compiler.drift.search import search

    entries = entries_beside(options.spec)
    with connected(options, assembly) as aws:
        account = aws.identity().account
        found = search(assembly, aws, components=options.component)
    return report.of(assembly, account, found, entries, datetime.now(UTC).date())


def _show(report: Report, options: argparse.Namespace) -> None:
    from compiler.views import drift

    if options.format == "json":
        told = drift.data(report)
    elif options.format == "github":
        told = drift.annotated(report)
    else:
        told = drift.text(report, options.spec, style_of(options), options.verbose)
    print(told, end="", flush=True)
