"""Reports of migrators -> a table for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

_USERS = {"made": "to be made", "changed": "to be changed", "shut_out": "to be shut out"}


def status_text(reports: Mapping[str, Mapping[str, Any]]) -> str:
    """A table for each database, and below it what stands in the way."""
    return "\n".join(line for name, report in reports.items() for line in _database(name, report)) + "\n"


def status_json(reports: Mapping[str, Mapping[str, Any]]) -> str:
    """The same, complete."""
    databases = [{"database": name, **report} for name, report in reports.items()]
    return json.dumps({"databases": databases}, indent=2, ensure_ascii=False) + "\n"


def _database(name: str, report: Mapping[str, Any]) -> Iterator[str]:
    states = [entry["state"] for entry in report["files"]]
    counts = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    yield f"{name}: {counts}"
    rows = [_row(entry) for entry in report["files"]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()
    for what, names in report["users"].items():
        if names:
            yield f"  users {_USERS[what]}: {', '.join(names)}"
    if error := report["error"]:
        yield f"  {error['file']}: {error['message']}"
        yield f"  do: {error['advice']}"


def _row(entry: Mapping[str, Any]) -> tuple[str, ...]:
    if not entry["applied_at"]:
        return entry["file"], entry["state"], "", "", ""
    moment = entry["applied_at"].partition(".")[0].replace("T", " ")
    return entry["file"], entry["state"], f"{moment} UTC", f"{entry['duration_ms']} ms", entry["applied_by"]
