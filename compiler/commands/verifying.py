"""After a deployment: the environment's checks, what becomes of it when they fail, and what is kept of it."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from compiler.commands.progressing import show_events
from compiler.commands.reviewing import require_possible, show_live_plan
from compiler.deploy.errors import DeployError, RefusedError

if TYPE_CHECKING:
    from compiler.commands.acting import Act
    from compiler.deploy.checks import CheckError
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
    # A run that was killed after its last stack has neither checked nor kept it.
    if not prepared.has_work and kept.is_latest(aws, assembly):
        return
    try:
        _check(prepared, act, options)
    except CheckError as failed:
        try:
            _go_back(prepared, act, options, failed)
        except CheckError:
            raise
        except DeployError as error:
            raise _both(failed, error) from error
    try:
        kept.keep(aws, assembly, datetime.now(UTC))
    except DeployError as error:
        message = f"all is deployed and passed, but could not be kept to go back to: {error.message}"
        raise DeployError(message, "see to that and run again, which keeps it") from error


def _both(failed: CheckError, error: DeployError) -> DeployError:
    """Why going back was wanted, and why it did not come to that."""
    kind = RefusedError if isinstance(error, RefusedError) else DeployError
    found = kind(f"{failed.message}; going back failed: {error.message}", error.advice)
    found.trouble = error.trouble
    return found


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
    from compiler.deploy import execute, going_back, kept, plan
    from compiler.deploy.checks import CheckError
    from compiler.deploy.wishes import Wishes

    aws, assembly = prepared.aws, prepared.assembly
    latest = next(iter(kept.listed(aws, assembly)), None)
    if options.no_rollback or latest is None:
        why = "there is no earlier deployment to go back to" if latest is None else "as --no-rollback says"
        raise CheckError(failed.message, f"what was deployed stays, {why}: look, correct, and deploy again")
    earlier = going_back.without_data(assembly, kept.load(aws, latest))
    with plan.make(earlier, aws, act.clock, wishes=Wishes(alone=act.lease.taken)) as back:
        if options.format == "text":
            print(f"{failed.message}\ngoing back to the deployment of {latest.time:%Y-%m-%d %H:%M UTC}:\n")
            show_live_plan(back.plan, options)
        require_possible(back.plan)
        show_events(act.noted(execute.run(back, lease=act.lease)), options)
    raise CheckError(
        f"{failed.message}; what holds no data is again as it was on {latest.time:%Y-%m-%d at %H:%M UTC}",
        "correct the cause and deploy again",
    )
