"""What the commands that show a plan do alike: print it, and ask for what needs asking."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from compiler.assembly import Assembly, dumps
from compiler.commands.reporting import deliver, page_of, style_of
from compiler.cost.difference import Difference
from compiler.deploy.errors import RefusedError
from compiler.model import Platform
from compiler.review.changes import ChangePlan
from compiler.views import cost_change, review
from compiler.views.annotations import annotated
from compiler.views.deploy import plan_json, plan_text

FORMATS = ("text", "json", "markdown", "html", "github")
Subjects = Sequence[tuple[Platform, Assembly]]  # what plans were made of, in their order


def show_plans(
    plans: Sequence[ChangePlan], costs: Sequence[Difference], options: argparse.Namespace, subjects: Subjects
) -> None:
    """Tells predicted plans, and what they cost, in the format that was asked for, where it was asked for."""
    if options.format == "json":
        told = dumps(review.data(plans) | {"cost": cost_change.data(costs)})
    elif options.format == "text":
        style = style_of(options)
        told = review.text(plans, style, options.verbose) + cost_change.text(costs, style)
    else:
        told = _for_others(plans, costs, options.format, subjects)
    deliver(told, options)


def show_live_plan(
    plan: ChangePlan,
    options: argparse.Namespace,
    costs: Sequence[Difference] = (),
    subjects: Subjects = (),
) -> None:
    """Tells a plan made of change sets: as any other, and the order in which the stacks run."""
    if options.format == "json":
        told = plan_json(plan, {"cost": cost_change.data(costs)} if costs else {}) + "\n"
    elif options.format == "text":
        style = style_of(options)
        told = plan_text(plan, style, getattr(options, "verbose", False)) + cost_change.text(costs, style)
    else:
        told = _for_others([plan], costs, options.format, subjects)
    deliver(told, options)


def _for_others(
    plans: Sequence[ChangePlan], costs: Sequence[Difference], form: str, subjects: Subjects
) -> str:
    """The plans for a comment, a browser or annotations."""
    if form == "markdown":
        return _markdown(plans, costs)
    return page_of(plans, costs, subjects) if form == "html" else annotated(plans)


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
