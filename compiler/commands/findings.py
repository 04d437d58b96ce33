"""Findings -> the screen, with the lines of the spec that they point at."""

from __future__ import annotations

import functools
import os
import stat
import sys
from collections.abc import Sequence

from compiler.diagnostics import Fix, Position, SpecError
from compiler.document import content
from compiler.reading.decode import MAX_BYTES, decode, place
from compiler.views import findings as view
from compiler.views.findings import Finding
from compiler.views.style import for_stream


def show_findings(findings: Sequence[Finding], form: str) -> None:
    """Prints findings: text to standard error, what machines read to standard output."""
    form = form if form in view.FORMATS else "text"
    stream = sys.stderr if form == "text" else sys.stdout
    style = for_stream(stream)
    print(view.render(findings, form, style, source_line, replacements), end="", file=stream)
    if form == "text":
        print(view.mendable(findings, style), end="", file=stream)


def replacements(file: str, fix: Fix) -> list[view.Replacement]:
    """What a fix replaces in the file of a spec; nothing when it cannot be made there."""
    # Late: only SARIF asks.
    from compiler.editing.amend import UnfitError
    from compiler.editing.edit import splices

    try:
        text = decode(content(file), file)
        found = splices(text, fix, file)
    except (SpecError, UnfitError):
        return []
    return [
        view.Replacement(place(text, each.start, file), place(text, each.end, file), each.text)
        for each in found
    ]


def source_line(position: Position) -> str | None:
    """The line of the spec at a position; None when the file is gone or has no such line."""
    try:
        found = os.stat(position.file)
        # Before opening: a pipe would block, and a device need not end.
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_BYTES:
            return None
        lines = _lines(position.file, found.st_mtime_ns, found.st_size)
    except (OSError, ValueError):
        return None
    return lines[position.line - 1] if 0 < position.line <= len(lines) else None


@functools.lru_cache(maxsize=1)
def _lines(file: str, *_version: int) -> list[str]:
    with open(file, encoding="utf-8-sig") as opened:
        return opened.readlines()
