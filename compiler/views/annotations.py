"""Changes that somebody should look at -> GitHub annotations at their lines of the spec."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compiler.review.changes import NEEDS_APPROVAL, Change, ChangePlan
from compiler.review.groups import RANK, Entry, entries
from compiler.views.phrases import REFUSED
from compiler.views.review import SYMBOLS
from compiler.views.workflow import command

# GitHub shows ten annotations of a level for each step, so one tells of all that a line of the spec does.
# Source: actions/toolkit, docs/problem-matchers.md, "Limitations".


def annotated(plans: Iterable[ChangePlan]) -> str:
    """An error for what AWS refuses, a warning for what needs an approval, a notice for interruptions.

    The riskiest first; nothing for what is routine.
    """
    found: dict[tuple[str, str, str, str], list[Entry]] = {}
    for entry in entries(plans):
        if level := _level(entry.change):
            key = (level, entry.change.risk, entry.source, entry.component)
            found.setdefault(key, []).append(entry)
    ordered = sorted(found.values(), key=lambda part: RANK[part[0].change.risk])
    return "".join(_annotation(part) + "\n" for part in ordered)


def _level(change: Change) -> str:
    if change.action == REFUSED:
        return "error"
    if change.risk in NEEDS_APPROVAL:
        return "warning"
    return "notice" if change.risk == "interrupting" else ""


def _annotation(part: Sequence[Entry]) -> str:
    first = part[0].change
    lines: dict[str, list[str]] = {}  # what happens alike in several environments is said once
    for entry in part:
        lines.setdefault(_line(entry), []).append(entry.environment)
    message = "\n".join(f"{line} ({', '.join(names)})" for line, names in lines.items())
    title = f"{first.risk}: {part[0].component or part[0].change.logical_id}"
    return command(_level(first), title, message, first.origin.position if first.origin else None)


def _line(entry: Entry) -> str:
    change = entry.change
    because = "; ".join(f"{reason.rule} {reason.text}" for reason in change.reasons)
    symbol = SYMBOLS.get(change.action, change.action)
    return f"{symbol} {change.logical_id} {change.type}{': ' if because else ''}{because}"
