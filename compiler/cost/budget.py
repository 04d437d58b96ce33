"""An estimate and a budget -> what is wrong: too much, or too little known."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.cost.estimate import Estimate, Line
from compiler.diagnostics import Diagnostic, Position, Severity
from compiler.model import Budget

SHOWN = 3  # components that make up most of it, and resources without a price


def budget_findings(estimate: Estimate, budget: Budget) -> tuple[Diagnostic, ...]:
    """M001 when the expected cost is over the budget, M002 when something has no price; at the budget."""
    # Where an assembly was read from its folder, no line of a spec is known.
    position = budget.position or Position("manifest.json", 1, 1)
    found: list[Diagnostic] = []
    if estimate.total.usd.expected > budget.monthly_usd:
        severity: Severity = "error" if budget.on_excess == "fail" else "warning"
        found.append(Diagnostic(position, "M001", _excess(estimate, budget), severity, _where(estimate)))
    if unpriced := [line for line in estimate.lines if line.state == "unpriced"]:
        found.append(Diagnostic(position, "M002", _unpriced(unpriced), "warning", _where(estimate)))
    return tuple(found)


def component_name(line: Line) -> str:
    """The component of a line, in words."""
    return line.component or "(no component)"


def _excess(estimate: Estimate, budget: Budget) -> str:
    usd = estimate.total.usd
    components = list(estimate.by(component_name).items())[:SHOWN]
    listed = ", ".join(f"{name} {total.usd.expected:,.2f}" for name, total in components)
    return (
        f"{estimate.environment} is expected to cost {usd.expected:,.2f} USD a month, "
        f"{usd.expected - budget.monthly_usd:,.2f} over its budget of {budget.monthly_usd:,.2f}; most of it: "
        f"{listed}; make these smaller, or raise monthly_usd (formwork cost shows every line)"
    )


def _unpriced(lines: Sequence[Line]) -> str:
    listed = ", ".join(f"{line.logical_id} ({line.note})" for line in lines[:SHOWN])
    more = f" and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    return (
        f"the budget is compared with a cost that lacks {listed}{more}; leave room for that in the "
        "budget (formwork cost lists all of it)"
    )


def _where(estimate: Estimate) -> tuple[str, ...]:
    return (estimate.environment,)
