"""What the commands that show a plan do alike: print it, and ask for what needs asking."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence

from compiler.assembly import dumps
from compiler.cost.difference import Difference
from compiler.deploy.errors import RefusedError
from compiler.diagnostics import suggest
from compiler.review.changes import NEEDS_APPROVAL, Change, ChangePlan
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


def require_approval(plan: ChangePlan, approved: Iterable[str]) -> None:
    """RefusedError unless every change that may lose data, identity or safety is approved by logical id.

    An approval that names nothing in the plan is refused too: it was meant for something else.
    """
    given = set(approved)
    _refuse_strays(plan, given)
    open_changes = [change for change in _risky(plan) if change.logical_id not in given]
    if open_changes:
        words = " ".join(f"--approve {change.logical_id}" for change in open_changes)
        raise RefusedError(
            f"these changes need approval by name: {_listed(open_changes)}", f"if you mean them, add {words}"
        )


def confirm(question: str, answer: str) -> None:
    """RefusedError unless somebody at a terminal types just this answer."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise RefusedError("nobody is there to confirm: standard input is no terminal", "add --yes")
    if _typed(f"{question} Type '{answer}' to go on: ") != answer:
        raise RefusedError("not confirmed; nothing was changed")


def _typed(prompt: str) -> str:
    try:
        return input(prompt).strip()
    except EOFError:  # Ctrl-D
        return ""


def _refuse_strays(plan: ChangePlan, approved: set[str]) -> None:
    known = {change.logical_id for stack in plan.stacks for change in stack.changes}
    if strays := sorted(approved - known):
        risky = _risky(plan)
        needed = f"what needs approval is: {_listed(risky)}" if risky else "no change needs approval"
        hint = suggest(strays[0], {change.logical_id for change in risky})
        raise RefusedError(
            f"this plan changes no {', '.join(strays)}, which --approve names",
            f"leave it out; {needed}{hint}",
        )


def _listed(changes: Sequence[Change]) -> str:
    return "; ".join(f"{change.logical_id} ({change.risk})" for change in changes)


def _risky(plan: ChangePlan) -> list[Change]:
    return [change for stack in plan.stacks for change in stack.changes if change.risk in NEEDS_APPROVAL]
