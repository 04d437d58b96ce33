"""After a deployment: the environment's checks, what becomes of it when they fail, and what is kept of it."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from compiler.commands.progressing import show_events
from compiler.commands.reviewing import require_possible, show_live_plan
from compiler.deploy.errors import DeployError

if TYPE_CHECKING:
    from compiler.assembly import Assembly
    from compiler.commands.acting import Act
    from compiler.deploy.checks import CheckError
    from compiler.deploy.door import Aws
    from compiler.deploy.kept import Kept
    from compiler.deploy.prepared import Prepared


def rollback_option(parser: argparse.ArgumentParser) -> None:
    """--no-rollback, for commands after which checks run."""
    parser.add_argument(
        "--no-rollback",
        action="store_true",
        help="when a check of the environment fails, leave what was deployed as it is, to look at it",
    )


def verify(prepared: Prepared, act: Act, options: argparse.Namespace) -> None:
    """Runs the checks and keeps the assembly; DeployError when one failed, after going back if that can be.

    Also when nothing was left to do, as long as this very assembly has not passed before.
    """
    from compiler.deploy import kept
    from compiler.deploy.checks import CheckError

    aws, assembly = prepared.aws, prepared.assembly
    if not prepared.has_work and (not assembly.checks or kept.is_latest(aws, assembly)):
        return
    try:
        _check(prepared, act, options)
    except CheckError as failed:
        _go_back(prepared, act, options, failed)
    kept.keep(aws, assembly, datetime.now(UTC))


def _check(prepared: Prepared, act: Act, options: argparse.Namespace) -> None:
    from compiler.deploy import checks, regions, schedule
    from compiler.deploy.answers import ask

    if not prepared.assembly.checks:
        return
    live = regions.survey(prepared.assembly, prepared.aws)
    outputs = {name: stack.outputs for name, stack in live.items()}
    works = checks.works(prepared.assembly, prepared.aws, act.clock, outputs, ask)
    show_events(schedule.run(works, act.clock, act.lease.check), options)


def _go_back(prepared: Prepared, act: Act, options: argparse.Namespace, failed: CheckError) -> None:
    """Always raises: what was wanted is not what is there."""
    from compiler.deploy import execute, kept, plan

    aws, assembly = prepared.aws, prepared.assembly
    latest = next(iter(kept.listed(aws, assembly)), None)
    if options.no_rollback or latest is None:
        why = "there is no earlier deployment to go back to" if latest is None else "as --no-rollback says"
        raise DeployError(failed.message, f"what was deployed stays, {why}: look, correct, and deploy again")
    earlier = to_go_back_to(aws, assembly, latest, failed)
    with plan.make(earlier, aws, act.clock) as back:
        if options.format == "text":
            print(f"{failed.message}\ngoing back to the deployment of {latest.time:%Y-%m-%d %H:%M UTC}:\n")
            show_live_plan(back.plan, options)
        require_possible(back.plan)
        show_events(act.noted(execute.run(back, lease=act.lease)), options)
    raise DeployError(
        f"{failed.message}; what holds no data is again as it was on {latest.time:%Y-%m-%d at %H:%M UTC}",
        "correct the cause and deploy again",
    )


def to_go_back_to(aws: Aws, assembly: Assembly, latest: Kept, failed: CheckError) -> Assembly:
    """What was before, wherever that touches no data; DeployError that also tells of the check otherwise."""
    from compiler.deploy import going_back, kept

    try:
        return going_back.without_data(assembly, kept.load(aws, latest))
    except DeployError as error:
        raise DeployError(f"{failed.message}; {error.message}", error.advice) from error
