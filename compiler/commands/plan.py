"""`formwork plan SPEC --env E`: what deploying would change, through change sets; `--out` keeps them."""

from __future__ import annotations

import argparse
import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from compiler import units
from compiler.assembly import Assembly, dumps
from compiler.commands.acting import acting, lock_option, may_settle
from compiler.commands.attaching import settle, wait_of, wait_options
from compiler.commands.aws_options import (
    aws_options,
    connected,
    express_option,
    revert_option,
    reverted,
    role_option,
)
from compiler.commands.build import understood, understood_linted
from compiler.commands.files import content_of
from compiler.commands.findings import show_findings
from compiler.commands.importing import import_option, imports_of
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.commands.plan_files import earlier_plan, read_plan, write_plan
from compiler.commands.pricing import cost_changes
from compiler.commands.reporting import report_option
from compiler.commands.reviewing import FORMATS, require_possible, show_live_plan
from compiler.commands.unfinished import clear, earlier_note, noted
from compiler.deploy.errors import RefusedError
from compiler.exits import CHANGES, FINE, UserError

if TYPE_CHECKING:
    from compiler.cost.difference import Difference
    from compiler.deploy.clock import Clock
    from compiler.deploy.door import Aws
    from compiler.deploy.prepared import Prepared
    from compiler.deploy.reviewed import Reviewed
    from compiler.model import Platform
    from compiler.review.changes import ChangePlan

    # The plan, what it costs, and what it was made of.
    Shown = tuple[ChangePlan, Sequence[Difference], tuple[Platform, Assembly]]

_LIFETIME = "24h"
_LONGEST = timedelta(days=30)  # what was approved longer ago than that should be looked at again


def arguments(parser: argparse.ArgumentParser) -> None:
    """What is planned, what is kept of it, where, and how it is shown."""
    spec_argument(parser, required=False)
    environment_option(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--out", metavar="FILE", help="keep the change sets, for `deploy --plan FILE`")
    what.add_argument("--discard", metavar="FILE", help="delete the change sets that a plan file kept")
    parser.add_argument(
        "--expires", metavar="TIME", help=f"how long the plan can be deployed (default: {_LIFETIME})"
    )
    import_option(parser)
    aws_options(parser)
    role_option(parser)
    express_option(parser)
    revert_option(parser)
    lock_option(parser)
    wait_options(parser)
    parser.add_argument("--exit-code", action="store_true", help="end with 5 when there are changes")
    parser.add_argument("-v", "--verbose", action="store_true", help="fold nothing")
    format_option(parser, FORMATS)
    report_option(parser)


def run(options: argparse.Namespace) -> int:
    """Prints the plan; leaves nothing behind in the account but what --out asks for."""
    _check(options)
    if options.discard is not None:
        return _discard(options)
    plan, costs, subject = _keep(options) if options.out is not None else _look(options)
    show_live_plan(plan, options, costs, [subject])
    require_possible(plan)
    if options.out is not None and options.format == "text":
        print(_next(options.out))
    return CHANGES if options.exit_code and plan.has_changes else FINE


def _check(options: argparse.Namespace) -> None:
    """UserError when the arguments do not go together."""
    wait_of(options)
    if options.expires is not None and options.out is None:
        raise UserError("--expires is about a plan that is kept; add --out FILE")
    if options.report is not None and _is_same(options.report, options.out or options.discard):
        raise UserError(f"{options.report} is the plan's own file; choose another one with --report")
    if options.discard is not None:
        if options.revert_drift:
            raise UserError("--revert-drift is about a new plan; leave it out, or leave out --discard")
        if options.spec is not None or options.env is not None or options.imports:
            raise UserError(
                "--discard FILE stands alone: leave out SPEC, --env and --import, which the file knows"
            )
    elif options.spec is None or options.env is None:
        raise UserError("what is to be planned? give SPEC and --env NAME, or --discard FILE")


def _is_same(path: str, other: str | None) -> bool:
    """Whether two paths lead to one file, however they are written."""
    return other is not None and os.path.realpath(path) == os.path.realpath(other)


def _look(options: argparse.Namespace) -> Shown:
    """What is to be shown, and nothing left of it in the account."""
    from compiler.deploy import plan

    (platform,), (assembly,), warnings = understood(options.spec, options.env)
    show_findings(warnings, "text")
    from compiler.deploy.wishes import Wishes

    imports, revert = imports_of(options), reverted(assembly, options)
    with connected(options, assembly) as aws:
        settle(options, assembly, aws, aside=True)
        close = may_settle(options, assembly, aws)
        wishes = Wishes(imports, revert, express=options.express, settle=close)
        with plan.make(assembly, aws, wishes=wishes) as prepared:
            return prepared.plan, _costs(prepared, options), (platform, assembly)


def _costs(prepared: Prepared, options: argparse.Namespace) -> Sequence[Difference]:
    return cost_changes(options.spec, [(prepared.before, prepared.assembly)])


def _keep(options: argparse.Namespace) -> Shown:
    """The same, but the change sets stay; those of the plan that was in the file before go."""
    _lifetime(_LIFETIME if options.expires is None else options.expires)
    earlier_plan(options.out)  # a wrong file is told before anything is built
    platform, assembly = understood_linted(options.spec, options.env, options.format)
    with connected(options, assembly) as aws, acting(options, assembly, aws) as act:
        settle(options, assembly, aws, act.clock, aside=True)
        return (*keep(options, assembly, aws, act.clock), (platform, assembly))


def keep(
    options: argparse.Namespace, assembly: Assembly, aws: Aws, clock: Clock | None = None
) -> tuple[ChangePlan, Sequence[Difference]]:
    """Plans into the file of --out. A run that is killed on the way leaves a note of what it was making."""
    from compiler.deploy import discard, plan, reviewed
    from compiler.deploy.wishes import Wishes

    lifetime = _lifetime(_LIFETIME if options.expires is None else options.expires)
    found, earlier = content_of(options.out), earlier_plan(options.out)
    for one in filter(None, (earlier, earlier_note(options.out))):
        _check_earlier(one, assembly, aws, options.out)
    clear(options.out, aws, kept=earlier)
    mark, now = secrets.token_hex(4), datetime.now(UTC).replace(microsecond=0)
    wishes = Wishes(imports_of(options), reverted(assembly, options), express=options.express)
    role = aws.role_arn or None
    with (
        noted(options.out, reviewed.begun(assembly, aws, mark, now, role), aws),
        plan.make(assembly, aws, clock, mark, wishes) as prepared,
    ):
        costs = _costs(prepared, options)  # before anything is kept: a price book may be wrong
        if prepared.plan.refused:  # only to be shown: it could never run
            return prepared.plan, costs
        kept = reviewed.of(prepared, mark, now, now + lifetime, role)
        _check_unchanged(options.out, found)
        if earlier:  # while its file is still there, for only that knows what it made
            discard.discard(earlier, aws)
        write_plan(options.out, kept)
        prepared.keep()
    return prepared.plan, costs


def _check_unchanged(path: str, before: bytes | None) -> None:
    """RefusedError when another run wrote the file: its change sets would be known to nobody."""
    if content_of(path) != before:
        raise RefusedError(f"{path} was written meanwhile", "look at it, and run again")


def _check_earlier(earlier: Reviewed, assembly: Assembly, aws: Aws, path: str) -> None:
    """RefusedError when an earlier plan is about something else: its file is all that knows what it made."""
    from compiler.deploy import resume

    advice = "discard that first, or choose another file with --out"
    about = f"environment '{earlier.plan.environment}' of platform '{earlier.plan.platform}'"
    if (earlier.plan.platform, earlier.plan.environment) != (assembly.platform, assembly.environment):
        raise RefusedError(f"{path} holds a plan for {about}", advice)
    try:
        resume.check_place(earlier, aws)
    except RefusedError as error:
        raise RefusedError(f"{path} holds a plan for somewhere else: {error.message}", advice) from error


def _lifetime(text: str) -> timedelta:
    try:
        found = timedelta(seconds=units.seconds(text))
    except (ValueError, OverflowError):
        found = timedelta()
    if not timedelta() < found <= _LONGEST:
        raise UserError(
            f"--expires '{text}' is no time to keep a plan for; give up to {_LONGEST.days}d, such as 4h or 2d"
        )
    return found


def _next(path: str) -> str:
    """What to do with a plan that was just written."""
    found = read_plan(path)
    approve = f"  needs approval by name: {', '.join(found.approvals)}\n" if found.approvals else ""
    return (
        f"\nkept in {path} until {found.expires:%Y-%m-%d %H:%M UTC}\n{approve}"
        f"  deploy it:  formwork deploy --plan {path}\n"
        f"  discard it: formwork plan --discard {path}"
    )


def _discard(options: argparse.Namespace) -> int:
    from compiler.deploy import discard

    unfinished = earlier_note(options.discard)
    alone = unfinished if content_of(options.discard) is None else None  # killed before there was a file
    found = alone or read_plan(options.discard, to_run=False)
    options.role_arn = options.role_arn or found.role_arn  # a deploy role deletes no stack without it
    with connected(options, found.assembly) as aws, acting(options, found.assembly, aws) as act:
        there = discard.discard(found, aws, act.clock)
        deleted = (*there, *clear(options.discard, aws, kept=found))
    if options.format == "json":
        print(dumps({"deleted": list(deleted)}), end="")
    else:
        print("\n".join(f"deleted {name}" for name in deleted) or "there was nothing left of this plan")
    return FINE
