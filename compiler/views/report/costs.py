"""How the cost of an environment changes -> HTML; amounts in USD a month."""

from __future__ import annotations

from compiler.cost.difference import Difference
from compiler.model import Budget
from compiler.views.cost_change import missing
from compiler.views.report.markup import Markup, join, tag
from compiler.views.report.words import row, table


def costs(cost: Difference, budget: Budget | None) -> Markup:
    """The sums, what moves them, and what they lack."""
    parts: list[Markup] = [tag("p", _sums(cost))]
    if budget:
        parts.append(tag("p", _budget(cost, budget)))
    if cost.components:
        rows = (row(name, f"{usd:+,.2f}") for name, usd in cost.components)
        caption = f"What changes the cost of {cost.environment}"
        parts.append(table(caption, ("component", "USD a month"), rows, class_="amounts"))
    if lacks := missing(cost):
        parts.append(tag("p", f"Not in it: {lacks}."))
    return tag("section", tag("h3", "Cost"), *parts)


def _sums(cost: Difference) -> Markup:
    before, after = cost.before.usd.expected, cost.after.usd.expected
    words = f"{before:,.2f} to {after:,.2f} USD a month expected "
    return join((words, tag("strong", f"({cost.usd:+,.2f})")))


def _budget(cost: Difference, budget: Budget) -> Markup:
    left = budget.monthly_usd - cost.after.usd.expected
    verdict = f"{left:,.2f} left" if left >= 0 else f"{-left:,.2f} over it"
    return join((f"The budget is {budget.monthly_usd:,.2f} USD a month: ", tag("strong", verdict)))
