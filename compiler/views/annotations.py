"""Changes that somebody should look at -> GitHub annotations at their lines of the spec."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compiler.review.changes import NEEDS_APPROVAL, ChangePlan
from compiler.review.groups import RANK, Entry, entries
from compiler.views.review import SYMBOLS
from compiler.views.workflow import command

# GitHub shows ten annotations of a level for each step, so one tells of all that a line of the spec does.
# Source: GitHub, "Annotations limits", seen 2026-11-23.


def annotated(plans: Iterable[ChangePlan]) -> str:
    """A warning for what needs an approval, a notice for interruptions; nothing for what is routine."""
    found: dict[tuple[int, str, str], list[Entry]] = {}
    for entry in entries(plans):
        if entry.change.risk != "routine":
            key = (RANK[entry.change.risk], entry.source, entry.component)
            found.setdefault(key, []).append(entry)
    return "".join(_annotation(part) + "\n" for _, part in sorted(found.items()))


def _annotation(part: Sequence[Entry]) -> str:
    first = part[0].change
    level = "warning" if first.risk in NEEDS_APPROVAL else "notice"
    lines: dict[str, list[str]] = {}  # what happens alike in several environments is said once
    for entry in part:
        lines.setdefault(_line(entry), []).append(entry.environment)
    message = "\n".join(f"{line} ({', '.join(names)})" for line, names in lines.items())
    title = f"{first.risk}: {part[0].component or part[0].change.logical_id}"
    return command(level, title, message, first.origin.position if first.origin else None)


def _line(entry: Entry) -> str:
    change = entry.change
    because = "; ".join(f"{reason.rule} {reason.text}" for reason in change.reasons)
    return f"{SYMBOLS[change.action]} {change.logical_id} {change.type}{': ' if because else ''}{because}"
