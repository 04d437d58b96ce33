"""`formwork recover SPEC --env E`: the smallest way out for stuck stacks, shown, approved, and then gone."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from compiler.commands.acting import acting, acting_options
from compiler.commands.approving import Approval
from compiler.commands.attaching import settle, wait_of, wait_options
from compiler.commands.aws_options import aws_options, connected, role_option
from compiler.commands.build import compile_all
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.commands.pages import page
from compiler.commands.progressing import quiet_option, show_events
from compiler.commands.reviewing import at_terminal, confirm
from compiler.deploy.errors import RefusedError
from compiler.exits import FINE
from compiler.views.states_page import document
from compiler.views.style import for_stream

if TYPE_CHECKING:
    from compiler.deploy.rescue import Rescue
    from compiler.deploy.stuck import Part
    from compiler.deploy.ways import Step


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, which stacks, what is approved, the AWS options, --role-arn, --wait, --format."""
    parser.epilog = "docs/states.md says what is done about each status that a stack can have."
    spec_argument(parser)
    environment_option(parser, required=True)
    parser.add_argument(
        "--stack", metavar="NAME", action="append", default=[], help="only this stack; may be repeated"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask; what holds data still needs approval")
    parser.add_argument(
        "--approve",
        metavar="ID",
        action="append",
        default=[],
        help="what may be skipped, deleted or left behind though it may hold data, or was not shown: "
        "STACK/LOGICAL_ID, or LOGICAL_ID where only one stack has it",
    )
    parser.add_argument(
        "--mended",
        action="store_true",
        help="the cause is mended: try a rollback again as it is, though that failed before",
    )
    aws_options(parser)
    role_option(parser)
    acting_options(parser)
    wait_options(parser)
    quiet_option(parser)
    format_option(parser, ("text", "json"))


def run(options: argparse.Namespace) -> int:
    """Shows the way out, asks, and goes it; nothing is changed before that."""
    from compiler.deploy import rescue, rescuing

    wait_of(options)
    (assembly,) = compile_all(options.spec, options.env)
    with connected(options, assembly) as aws, acting(options, assembly, aws) as act:
        settle(options, assembly, aws, act.clock)
        found = rescue.plan(assembly, aws, act.clock, only=options.stack, mended=options.mended)
        # Once all is well, the approvals of the run that made it so name nothing any more.
        approved = rescuing.meant(found, options.approve) if found.cases else frozenset()
        _show(found, options)
        if not found.cases:
            return FINE
        approved |= _required(found, approved, ask=not options.yes)
        if any(case.steps for case in found.cases) and not options.yes:
            confirm(f"Do this in {assembly.environment}?", "yes")
        act.begin(options, [Approval(name, "command line") for name in sorted(approved)])
        events = rescuing.run(found, approved, _asking(ask=not options.yes), act.lease.check)
        show_events(act.noted(events), options)
    return FINE


def _show(found: Rescue, options: argparse.Namespace) -> None:
    # Late: the records behind it are only needed by whoever recovers, the page of `main` needs none.
    from compiler.views.rescue import rescue_json, rescue_text

    if options.format == "json":
        print(rescue_json(found), flush=True)
    else:
        print(rescue_text(found, for_stream(sys.stdout)), end="", flush=True)


def _required(found: Rescue, approved: frozenset[str], *, ask: bool) -> frozenset[str]:
    """What was still to be approved before anything is done; RefusedError when nobody does."""
    left = [name for case in found.cases for name in case.needs if name not in approved]
    if left and not (ask and at_terminal()):
        words = " ".join(f"--approve {name}" for name in left)
        raise RefusedError(
            f"this may lose data, and needs approval by name: {', '.join(left)}",
            f"nothing was changed; if you mean it, add {words}",
        )
    for name in left:
        confirm(f"Approve what is to happen to {name}?", name.rpartition("/")[2])
    return frozenset(left)


def _asking(*, ask: bool) -> Callable[[str, Step, Part], None]:
    """Who is asked when more turns out to block than was approved."""

    def asked(stack: str, step: Step, part: Part) -> None:
        name = f"{stack}/{part.logical_id}"
        told = "; ".join(step.lost)
        if not (ask and at_terminal()):
            raise RefusedError(
                f"to go on, {name} needs approval by name: {told}",
                f"what was done before stays done; if you mean it, run again with --approve {name}",
            )
        try:
            confirm(f"{told}\nApprove {name}?", part.logical_id)
        except RefusedError as error:  # which says that nothing was changed: by now that is not so
            raise RefusedError(f"{name} is not approved", "what was done before stays done") from error

    return asked


def main(given: Sequence[str] | None = None) -> int:
    """Writes the page about the states of stacks, or fails when the one that is there is stale."""
    return page("recover", document, given)


if __name__ == "__main__":
    sys.exit(main())
