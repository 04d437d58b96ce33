"""A plan that was shown: approved, confirmed, put on record and carried out; alike for all that deploy."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from compiler.commands.acting import Act
from compiler.commands.approving import Approval, require_approval
from compiler.commands.progressing import show_events
from compiler.commands.reviewing import confirm, require_possible

if TYPE_CHECKING:
    from compiler.deploy.prepared import Prepared


def agreed(prepared: Prepared, given: Sequence[Approval], options: argparse.Namespace) -> frozenset[str]:
    """The ids of the changes that are approved; RefusedError when one is lacking, or cannot be at all."""
    require_possible(prepared.plan)
    return require_approval(prepared.plan, given, ask=not options.yes)


def carry_out(
    prepared: Prepared,
    approved: frozenset[str],
    given: Sequence[Approval],
    act: Act,
    options: argparse.Namespace,
    question: str,
) -> None:
    """Asks once more where there is something to do, and executes what was shown."""
    from compiler.deploy import execute
    from compiler.deploy.control import Control

    if prepared.has_work and not options.yes:
        confirm(question, "yes")
    act.begin(options, _named(approved, given), _change_sets(prepared))
    if prepared.done and options.format == "text":
        print(f"done already, as planned: {', '.join(sorted(prepared.done))}")
    control = Control()
    events = act.noted(execute.run(prepared, approved, act.lease, control))
    show_events(events, options, control)


def _named(approved: frozenset[str], given: Sequence[Approval]) -> Sequence[Approval]:
    """What was approved, by its whole name; somebody at the terminal gave what nobody else did."""
    said = {each.change: each for each in given}
    found = ((name, said.get(name) or said.get(name.rpartition("/")[2])) for name in sorted(approved))
    return [replace(each, change=name) if each else Approval(name, "terminal") for name, each in found]


def _change_sets(prepared: Prepared) -> Sequence[str]:
    """The ARNs of those that are there already."""
    return [step.change_set.arn for step in prepared.steps if step.change_set]
