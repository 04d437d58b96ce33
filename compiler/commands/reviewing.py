"""What the commands that show a plan do alike: print it, and ask for what needs asking."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from compiler.assembly import dumps
from compiler.cost.difference import Difference
from compiler.deploy.errors import RefusedError
from compiler.review.changes import ChangePlan
from compiler.views import cost_change, review
from compiler.views.deploy import plan_json, plan_text
from compiler.views.style import for_stream

FORMATS = ("text", "json", "markdown")


def show_plans(plans: Sequence[ChangePlan], costs: Sequence[Difference], options: argparse.Namespace) -> None:
    """Prints predicted plans, and what they cost, to standard output in the format that was asked for."""
    if options.format == "json":
        print(dumps(review.data(plans) | {"cost": cost_change.data(costs)}), end="")
    elif options.format == "markdown":
        print(_markdown(plans, costs), end="")
    else:
        style = for_stream(sys.stdout)
        print(review.text(plans, style, options.verbose) + cost_change.text(costs, style), end="")


def show_live_plan(plan: ChangePlan, options: argparse.Namespace, costs: Sequence[Difference] = ()) -> None:
    """Prints a plan made of change sets: as any other, and the order in which the stacks run."""
    if options.format == "json":
        print(plan_json(plan, {"cost": cost_change.data(costs)} if costs else {}))
    elif options.format == "markdown":
        print(_markdown([plan], costs), end="")
    else:
        style = for_stream(sys.stdout)
        shown = plan_text(plan, style, getattr(options, "verbose", False))
        print(shown + cost_change.text(costs, style), end="", flush=True)


def _markdown(plans: Sequence[ChangePlan], costs: Sequence[Difference]) -> str:
    """What it costs comes first: the plans are cut to what a comment can hold."""
    costly = cost_change.markdown(costs)
    return costly + review.markdown(plans, review.COMMENT_BYTES - len(costly.encode()))


def require_possible(plan: ChangePlan) -> None:
    """RefusedError when the plan holds what AWS refuses, or what must not be done."""
    if plan.refused:
        told = [f"{change.logical_id}: {change.reasons[0].text}" for change in plan.refused]
        raise RefusedError(
            "nothing is deployed, for this would be refused", "\n  ".join(["change the spec:", *told])
        )


def confirm(question: str, answer: str) -> None:
    """RefusedError unless somebody at a terminal types just this answer."""
    if not at_terminal():
        raise RefusedError("nobody is there to confirm: standard input is no terminal", "add --yes")
    if _typed(f"{question} Type '{answer}' to go on: ") != answer:
        raise RefusedError("not confirmed; nothing was changed")


def at_terminal() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin is not None and sys.stdin.isatty()


def _typed(prompt: str) -> str:
    try:
        return input(prompt).strip()
    except EOFError:  # Ctrl-D
        return ""
