"""`formwork deploy`: shows the plan, asks, and executes the very change sets that were shown."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from compiler.commands.acting import Act, acting, acting_options
from compiler.commands.approving import Approval, approval_options, approvals_given
from compiler.commands.attaching import settle, wait_of, wait_options
from compiler.commands.aws_options import (
    aws_options,
    connected,
    express_option,
    revert_option,
    reverted,
    role_option,
)
from compiler.commands.build import compile_linted
from compiler.commands.executing import agreed, carry_out
from compiler.commands.importing import import_option, imports_of
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.commands.plan_files import read_plan, role_to_run
from compiler.commands.pricing import cost_changes
from compiler.commands.progressing import quiet_option
from compiler.commands.reviewing import show_live_plan
from compiler.commands.verifying import rollback_option, verify
from compiler.exits import FINE, UserError

if TYPE_CHECKING:
    from compiler.assembly import Assembly
    from compiler.cost.difference import Difference
    from compiler.deploy.door import Aws
    from compiler.deploy.prepared import Prepared
    from compiler.deploy.reviewed import Reviewed
    from compiler.deploy.takeover import Imports


def arguments(parser: argparse.ArgumentParser) -> None:
    """What is deployed, what is approved, where, and how it is shown."""
    spec_argument(parser, required=False)
    environment_option(parser)
    parser.add_argument("--plan", metavar="FILE", help="deploy what `formwork plan --out FILE` kept")
    approval_options(parser)
    import_option(parser)
    aws_options(parser)
    role_option(parser)
    express_option(parser)
    revert_option(parser)
    acting_options(parser)
    wait_options(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="fold nothing in the plan")
    quiet_option(parser)
    rollback_option(parser)
    format_option(parser, ("text", "json"))


def run(options: argparse.Namespace) -> int:
    """Deploys; whatever ends it early, nothing that was only shown stays in the account.

    The change sets of a plan file do stay until they ran, so that it can be run again.
    """
    given = approvals_given(options)
    wait_of(options)  # what is wrong on the command line is told before anything is compiled
    with _prepared(options) as (prepared, act):
        if options.format == "text":
            show_live_plan(prepared.plan, options, _costs(prepared, options))
        approved = agreed(prepared, given, options)
        _tell(given, options)
        question = f"Deploy to {prepared.assembly.environment}?"
        carry_out(prepared, approved, given, act, options, question)
        verify(prepared, act, options)
    return FINE


def _costs(prepared: Prepared, options: argparse.Namespace) -> Sequence[Difference]:
    """How the bill changes; of a plan file it was shown when it was made, with the prices beside the spec."""
    if options.plan is not None:
        return ()
    return cost_changes(options.spec, [(prepared.before, prepared.assembly)])


def _tell(given: Sequence[Approval], options: argparse.Namespace) -> None:
    """Who approved what, for the log."""
    for each in given:
        if each.by and options.format == "text":
            print(f"approved by {_line(each.by)}: {each.change} ({_line(each.reason)})")


def _line(text: str) -> str:
    """One line of it that no terminal obeys: a reason must not look like somebody else's approval."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _head(reviewed: Reviewed) -> str:
    """Which plan this is."""
    made, end = (f"{time:%Y-%m-%d %H:%M UTC}" for time in (reviewed.created, reviewed.expires))
    return f"planned {made} for account {reviewed.account}, {reviewed.region}; expires {end}\n"


@contextmanager
def _prepared(options: argparse.Namespace) -> Iterator[tuple[Prepared, Act]]:
    """The plan of a spec, or the one in a file; UserError when neither or both are given."""
    from compiler.deploy import resume

    if options.plan is not None:
        if options.revert_drift:
            raise UserError("--revert-drift goes with SPEC and --env; a plan file knows how it was made")
        if options.spec is not None or options.env is not None or options.imports:
            raise UserError(
                "--plan FILE stands alone: leave out SPEC, --env and --import, which the file knows"
            )
        if options.express:
            raise UserError("--express is decided when a plan is made: give it to `formwork plan --out`")
        reviewed = read_plan(options.plan)
        options.role_arn = role_to_run(reviewed, options.role_arn)
        if options.format == "text":
            print(_head(reviewed))
        with connected(options, reviewed.assembly) as aws, acting(options, reviewed.assembly, aws) as act:
            settle(options, reviewed.assembly, aws, act.clock)
            yield resume.resume(reviewed, aws, datetime.now(UTC), act.clock), act
        return
    if options.spec is None or options.env is None:
        raise UserError("what is to be deployed? give SPEC and --env NAME, or --plan FILE")
    assembly = compile_linted(options.spec, options.env, options.format)
    wanted = imports_of(options)
    with connected(options, assembly) as aws, acting(options, assembly, aws) as act:
        settle(options, assembly, aws, act.clock)
        with _made(assembly, aws, act, wanted, options) as prepared:
            yield prepared, act


def _made(assembly: Assembly, aws: Aws, act: Act, imports: Imports, options: argparse.Namespace) -> Prepared:
    from compiler.deploy import plan
    from compiler.deploy.wishes import Wishes

    wishes = Wishes(imports, reverted(assembly, options), express=options.express, alone=act.lease.taken)
    return plan.make(assembly, aws, act.clock, wishes=wishes)
