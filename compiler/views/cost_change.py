"""How costs change -> a line for people, data for JSON; amounts in USD a month."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from compiler.cost.difference import CENT, Difference
from compiler.views.cost import cell, rounded, total_data
from compiler.views.style import Style

_FEW = 5  # components that are listed before the rest is counted


def text(differences: Iterable[Difference], style: Style) -> str:
    """One line for each environment; nothing where there are none."""
    return "".join(f"{style.paint('cost', 'bold')} {_change(each)}\n" for each in differences)


def markdown(differences: Iterable[Difference]) -> str:
    """The same for a comment."""
    return "".join(f"**Cost** {cell(_change(each))}\n\n" for each in differences)


def data(differences: Iterable[Difference]) -> dict[str, Any]:
    """The differences by environment."""
    return {
        each.environment: {
            "before": total_data(each.before),
            "after": total_data(each.after),
            "delta_usd": rounded(each.usd),
            "components": [{"component": name, "delta_usd": rounded(usd)} for name, usd in each.components],
        }
        for each in differences
    }


def _change(each: Difference) -> str:
    before, after = each.before.usd.expected, each.after.usd.expected
    moved = [f"{name} {usd:+,.2f}" for name, usd in each.components[:_FEW]]
    if (more := len(each.components) - _FEW) > 0:
        moved.append(f"{more} more")
    because = f": {', '.join(moved)}" if moved else ""
    if not moved and abs(each.usd) < CENT:
        return f"of {each.environment}: {after:,.2f} USD a month expected, as before{_without(each)}"
    return (
        f"of {each.environment}: {before:,.2f} -> {after:,.2f} USD a month expected "
        f"({each.usd:+,.2f}){because}{_without(each)}"
    )


def missing(each: Difference) -> str:
    """What is in neither sum; empty when nothing is missing."""
    found = [f"{each.after.usage} lines that depend on use"] if each.after.usage else []
    found += [f"{each.after.unpriced} without a price"] if each.after.unpriced else []
    return " and ".join(found)


def _without(each: Difference) -> str:
    found = missing(each)
    return f"; not in it: {found}" if found else ""
