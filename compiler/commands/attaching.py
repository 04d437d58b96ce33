"""--wait and --no-wait: whether a command follows what runs on the environment's stacks before it plans."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from compiler import units
from compiler.commands.progressing import show_aside, show_events
from compiler.exits import UserError

if TYPE_CHECKING:
    from compiler.assembly import Assembly
    from compiler.deploy.clock import Clock
    from compiler.deploy.door import Aws

_LONGEST = "2h"


def wait_options(parser: argparse.ArgumentParser) -> None:
    """--wait, --no-wait."""
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--wait",
        metavar="TIME",
        default=_LONGEST,
        help=f"how long to follow what runs on the stacks already, before planning (default: {_LONGEST})",
    )
    how.add_argument("--no-wait", action="store_true", help="refuse at once when something runs there")


def wait_of(options: argparse.Namespace) -> float:
    """The seconds that --wait gives, 0 for --no-wait; UserError when that is no time."""
    if options.no_wait:
        return 0
    try:
        found = units.seconds(options.wait)
    except (ValueError, OverflowError):
        found = 0
    if found <= 0:
        raise UserError(
            f"--wait '{options.wait}' is no time to wait; give one such as 30m or 2h, or --no-wait"
        )
    return found


def settle(
    options: argparse.Namespace,
    assembly: Assembly,
    aws: Aws,
    clock: Clock | None = None,
    *,
    aside: bool = False,
) -> None:
    """Follow what runs on the stacks to its end, on the screen; `aside` keeps standard output for the plan.

    DeployError when it takes longer than --wait says. With --no-wait, whoever plans refuses busy stacks.
    """
    from compiler.deploy import attach

    longest = wait_of(options)
    if longest:
        events = attach.settle(assembly, aws, clock, longest)
        if aside:
            show_aside(events)
        else:
            show_events(events, options)
