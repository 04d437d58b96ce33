"""Estimates -> text, Markdown, data for JSON; amounts in USD a month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from compiler.cost.budget import component_name
from compiler.cost.estimate import Estimate, Line, Range, Total
from compiler.pricing.book import HOURS
from compiler.views.style import Style

By = Literal["component", "stack", "line"]
COLOURS = {"high": "green", "medium": "yellow", "low": "red"}
_FEW = 5  # names that are listed before the rest is counted
_SMALL = 0.01  # of less, two digits show nothing


def text(estimate: Estimate, style: Style, by: By = "component", verbose: bool = False) -> str:
    """The sums, then what they lack; `verbose` shows every line."""
    lines = [style.paint(_headline(estimate), "bold")]
    lines += _table(estimate, style, by)
    if verbose and by != "line":
        lines += ["", style.paint("every line", "bold"), *_table(estimate, style, "line")]
    for title, rows in _open(estimate):
        lines += ["", style.paint(title, "yellow"), *(f"  {row}" for row in rows)]
    if estimate.elsewhere:
        lines += ["", style.paint(_elsewhere(estimate), "dim")]
    return "\n".join([*lines, ""])


def markdown(estimate: Estimate, by: By = "component") -> str:
    """The same for a pull request or a document."""
    lines = [f"### {cell(_headline(estimate))}", "", "| | at least | expected | at most | confidence |"]
    lines += ["| --- | ---: | ---: | ---: | --- |"]
    lines += [
        f"| {cell(' '.join(name))} | {_amounts(usd)} | {sure} |" for name, usd, sure in _rows(estimate, by)
    ]
    lines += [f"| **total** | {_amounts(estimate.total.usd)} | {_sureness(estimate.total)} |"]
    for title, rows in _open(estimate):
        summary = f"<details><summary>{title}</summary>"
        lines += ["", summary, "", *(f"- {cell(row)}" for row in rows), "", "</details>"]
    if estimate.elsewhere:
        lines += ["", f"{_elsewhere(estimate)}."]
    return "\n".join([*lines, ""])


def data(estimate: Estimate) -> dict[str, Any]:
    """The estimate for machines; docs/cost.md says what each key means."""
    return {
        "platform": estimate.platform,
        "environment": estimate.environment,
        "region": estimate.region,
        "currency": "USD",
        "hours": HOURS,
        "total": total_data(estimate.total),
        "components": _sums(estimate.by(component_name)),
        "stacks": _sums(estimate.by(lambda line: line.stack)),
        "lines": [_line(line) for line in estimate.lines],
        "free": dict(estimate.free),
        "priced_as_us_east_1": list(estimate.elsewhere),
    }


def unit_price(usd: float) -> str:
    """A price as it is published: `0.50`, `0.0000133334`."""
    whole, _, part = f"{usd:.10f}".rstrip("0").partition(".")
    return f"{whole}.{part:0<2}"


def _headline(estimate: Estimate) -> str:
    usd = estimate.total.usd
    span = f"{usd.least:,.2f} to {usd.most:,.2f}, " if usd.least != usd.most else ""
    return (
        f"{estimate.platform} {estimate.environment}: {usd.expected:,.2f} USD a month expected "
        f"({span}confidence {estimate.total.confidence})"
    )


def _rows(estimate: Estimate, by: By) -> Iterator[tuple[tuple[str, ...], Range, str]]:
    if by == "line":
        for line in estimate.lines:
            if line.state == "priced":
                yield (
                    (component_name(line), line.logical_id, line.what, _arithmetic(line)),
                    line.usd,
                    line.confidence,
                )
        return
    key = component_name if by == "component" else _stack_of
    for name, total in estimate.by(key).items():
        if total.usd.most or total.unpriced:
            yield (name,), total.usd, _sureness(total)


def _sureness(total: Total) -> str:
    """How sure a sum is; nothing is sure about what has no price."""
    missing = f"{total.unpriced} without a price"
    if not total.unpriced:
        return total.confidence
    return f"{total.confidence}, {missing}" if total.usd.most else missing


def _stack_of(line: Line) -> str:
    return line.stack


def _arithmetic(line: Line) -> str:
    assert line.quantity is not None  # of every priced line
    return f"{_number(line.quantity.expected)} x {unit_price(line.unit_usd)} per {line.unit}"


def _table(estimate: Estimate, style: Style, by: By) -> Iterator[str]:
    rows = list(_rows(estimate, by))
    names = ["  ".join(name) for name, _, _ in rows]
    width = max((len(name) for name in [*names, "total"]), default=0)
    yield style.paint(f"  {'':<{width}}  {'at least':>10} {'expected':>10} {'at most':>11}", "dim")
    for name, (_, usd, sure) in zip(names, rows, strict=True):
        yield f"  {name:<{width}}  {_columns(usd)}  {style.paint(sure, COLOURS.get(sure, 'red'))}"
    last = f"  {'total':<{width}}  {_columns(estimate.total.usd)}  {_sureness(estimate.total)}"
    yield style.paint(last, "bold")


def _columns(usd: Range) -> str:
    return f"{usd.least:>10,.2f} {usd.expected:>10,.2f} {usd.most:>11,.2f}"


def _amounts(usd: Range) -> str:
    return f"{usd.least:,.2f} | {usd.expected:,.2f} | {usd.most:,.2f}"


def _open(estimate: Estimate) -> Iterator[tuple[str, list[str]]]:
    """What the sum lacks: what depends on use, and what has no price."""
    used = [line for line in estimate.lines if line.state == "usage"]
    if used:
        yield f"depends on use, and is not in the sum ({_lines_of(len(used))})", list(_by_use(used))
    unpriced = [line for line in estimate.lines if line.state == "unpriced"]
    if unpriced:
        rows = [f"{component_name(each)} {each.logical_id} ({each.what}): {each.note}" for each in unpriced]
        yield f"without a price, and not in the sum ({_lines_of(len(unpriced))})", rows


def _lines_of(count: int) -> str:
    return f"{count} line" if count == 1 else f"{count} lines"


def _by_use(lines: Iterable[Line]) -> Iterator[str]:
    """One row for each price, with the components that tell the use; another for what no spec can tell."""
    groups: dict[tuple[str, str, bool], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.what, line.price, not line.teller), []).append(line)
    for (what, _, untold), found in sorted(groups.items()):
        names = sorted({line.teller or component_name(line) for line in found})
        more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
        first = found[0]
        price = f"{unit_price(first.unit_usd)} per {first.unit}"
        by = "by use that no spec can declare," if untold else f"by {first.note}"
        yield f"{what}: {price}, {by} of {', '.join(names[:_FEW])}{more}"


def _elsewhere(estimate: Estimate) -> str:
    regions = ", ".join(estimate.elsewhere)
    return (
        f"the price book has no prices of {regions}: those of us-east-1 are used, and trusted less; "
        f"formwork prices refresh --region {estimate.elsewhere[0]} gets them"
    )


def _sums(totals: dict[str, Total]) -> list[dict[str, Any]]:
    return [{"name": name, **total_data(total)} for name, total in totals.items()]


def total_data(total: Total) -> dict[str, Any]:
    """A sum for machines."""
    return {
        "usd": _span(total.usd),
        "confidence": total.confidence,
        "usage_dependent": total.usage,
        "unpriced": total.unpriced,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "component": line.component or None,
        "stack": line.stack,
        "region": line.region,
        "logical_id": line.logical_id,
        "type": line.type,
        "what": line.what,
        "state": line.state,
        "price": line.price or None,
        "unit": line.unit or None,
        "unit_usd": line.unit_usd if line.price else None,
        "quantity": _span(line.quantity) if line.quantity else None,
        "usd": _span(line.usd) if line.state == "priced" else None,
        "confidence": line.confidence if line.price else None,
        "note": line.note or None,
        "declared_by": line.teller or None,
    }


def _span(amounts: Range) -> dict[str, float]:
    return {
        "min": rounded(amounts.least),
        "expected": rounded(amounts.expected),
        "max": rounded(amounts.most),
    }


def rounded(amount: float) -> float:
    """An amount as JSON shows it."""
    return round(amount, 6) + 0.0  # never -0.0


def _number(amount: float) -> str:
    if 0 < amount < _SMALL:
        return f"{amount:.10f}".rstrip("0")
    return f"{amount:,.2f}".rstrip("0").rstrip(".")


def cell(words: str) -> str:
    """Words that cannot break out of a table's cell."""
    return words.replace("|", "\\|").replace("<", "&lt;").replace("@", "@\u200b")
