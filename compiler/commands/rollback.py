"""`formwork rollback SPEC --env E`: deploys an assembly again that was deployed before and passed."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from compiler.assembly import Assembly, dumps
from compiler.commands.acting import Act, acting, acting_options
from compiler.commands.approving import Approval, approval_options, approvals_given
from compiler.commands.attaching import settle, wait_of, wait_options
from compiler.commands.aws_options import aws_options, connected, role_option
from compiler.commands.build import compile_all
from compiler.commands.executing import agreed, carry_out
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.commands.progressing import quiet_option
from compiler.commands.reviewing import show_live_plan
from compiler.deploy.errors import ArgumentError, RefusedError
from compiler.exits import FINE

if TYPE_CHECKING:
    from compiler.deploy.door import Aws
    from compiler.deploy.kept import Kept


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, --to, --list, what is approved, the AWS options."""
    spec_argument(parser)
    environment_option(parser, required=True)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--to", metavar="ID", help="which one (default: the latest that is not deployed now)")
    what.add_argument("--list", action="store_true", help="list what can be gone back to")
    approval_options(parser)
    aws_options(parser)
    role_option(parser)
    acting_options(parser)
    wait_options(parser)
    quiet_option(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="fold nothing in the plan")
    format_option(parser, ("text", "json"))


def run(options: argparse.Namespace) -> int:
    """Shows what going back changes, asks, and deploys it, as any other plan."""
    from compiler.deploy import guard, kept

    wait_of(options)
    given = approvals_given(options)
    (assembly,) = compile_all(options.spec, options.env)
    with connected(options, assembly) as aws:
        if options.list:
            guard.check_place(assembly, aws)
            print(_listed(kept.listed(aws, assembly), options.format), end="")
            return FINE
        with acting(options, assembly, aws) as act:
            settle(options, assembly, aws, act.clock)
            _go_back(options, given, assembly, aws, act)
    return FINE


def _go_back(
    options: argparse.Namespace, given: Sequence[Approval], assembly: Assembly, aws: Aws, act: Act
) -> None:
    from compiler.deploy import going_back, kept, plan
    from compiler.deploy.wishes import Wishes

    found = kept.listed(aws, assembly)
    chosen, earlier = _chosen(aws, assembly, found, options.to)
    since = [kept.renames(aws, each) for each in reversed(found[: found.index(chosen)])]
    earlier = going_back.renamed_since(earlier, [*since, assembly.renames])
    with plan.make(earlier, aws, act.clock, wishes=Wishes(alone=act.lease.taken)) as prepared:
        if options.format == "text":
            print(f"back to {chosen.id}, deployed {chosen.time:%Y-%m-%d %H:%M UTC}\n")
            show_live_plan(prepared.plan, options)
        approved = agreed(prepared, given, options)
        carry_out(prepared, approved, given, act, options, f"Go back in {assembly.environment}?")
        kept.keep(aws, prepared.assembly, datetime.now(UTC))


def _chosen(
    aws: Aws, assembly: Assembly, found: tuple[Kept, ...], wanted: str | None
) -> tuple[Kept, Assembly]:
    """What is meant, loaded; RefusedError when there is nothing, ArgumentError when it is not clear."""
    from compiler.deploy import kept

    if not found:
        raise RefusedError(
            f"no deployment of environment '{assembly.environment}' is kept",
            "they are kept in the asset bucket, from the first deployment that passes on",
        )
    if wanted is not None:
        meant = [each for each in found if each.id.startswith(wanted)]
        if len(meant) != 1:
            known = f"they are: {', '.join(each.id for each in found)}"
            raise ArgumentError(f"--to '{wanted}' names {len(meant) or 'none'} of those kept", known)
        return meant[0], kept.load(aws, meant[0])
    for each in found:
        earlier = kept.load(aws, each)
        if not kept.is_deployed(aws, earlier):
            return each, earlier
    raise RefusedError("nothing that is kept differs from what is deployed", "`--list` shows what is kept")


def _listed(found: Iterable[Kept], form: str) -> str:
    """One a line, the latest first."""
    if form == "json":
        return dumps([{"id": each.id, "time": each.time.isoformat()} for each in found])
    return "".join(f"{each.id}  {each.time:%Y-%m-%d %H:%M UTC}\n" for each in found) or "nothing is kept\n"
