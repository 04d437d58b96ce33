"""Audit records -> a line per run for people, all of each record for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC

import msgspec

from compiler.assembly import dumps
from compiler.deploy.audit import Record
from compiler.views.events import duration
from compiler.views.style import Style

_CODES = {"succeeded": "green", "failed": "red", "refused": "yellow", "interrupted": "yellow"}


def as_json(records: Sequence[Record], active: str) -> str:
    """The records as they are, and the run that has the lock now; null when none has."""
    return dumps({"records": [msgspec.to_builtins(each) for each in records], "active": active or None})


def as_text(records: Sequence[Record], active: str, style: Style) -> str:
    """Each run with its outcome; one that has not ended is at work if it has the lock, else it was killed."""
    ended = {each.run: each for each in records if each.phase == "ended"}
    begun = {each.run for each in records if each.phase == "begun"}
    shown = [each for each in records if each.phase == "begun" or each.run not in begun]
    lines = [line for each in shown for line in _run(each, ended.get(each.run), active, style)]
    return "\n".join(lines or ["nothing is on record"]) + "\n"


def _run(record: Record, end: Record | None, active: str, style: Style) -> Iterator[str]:
    if end:
        result = f"{style.paint(end.result, _CODES[end.result])} in {duration(end.seconds)}"
    elif record.run == active:
        result = "at work"
    else:
        result = style.paint("did not end: killed, or its end could not be recorded", "red")
    time = f"{record.time.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    yield f"{time}  {_line(record.command)}: {result}, by {_line(record.who)}"
    yield from (f"  {_line(fact)}" for fact in _facts(record, end))


def _facts(record: Record, end: Record | None) -> Iterator[str]:
    yield f"plan {record.plan[:12]}, formwork {record.tool}, run {record.run}"
    if record.role_arn:
        yield f"CloudFormation acted as {record.role_arn}"
    for each in record.approvals:
        why = f" by {each.by}: {each.reason}" if each.by else ""
        yield f"approved {each.change}{why}"
    for name, outcome in sorted(end.stacks.items() if end else ()):
        yield (
            f"{name}: {outcome.doing} {outcome.result}".replace("  ", " ") + f", {duration(outcome.seconds)}"
        )
    if end and end.error:
        yield f"error: {end.error}"


def _line(text: str) -> str:
    """One line of it that no terminal obeys."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
