"""Findings -> the screen, with the lines of the spec that they point at."""

from __future__ import annotations

import functools
import os
import stat
import sys
from collections.abc import Sequence

from compiler.diagnostics import Position
from compiler.reading.decode import MAX_BYTES
from compiler.views import findings as view
from compiler.views.findings import Finding
from compiler.views.style import for_stream


def show_findings(findings: Sequence[Finding], form: str) -> None:
    """Prints findings: text to standard error, what machines read to standard output."""
    form = form if form in view.FORMATS else "text"
    stream = sys.stderr if form == "text" else sys.stdout
    print(view.render(findings, form, for_stream(stream), source_line), end="", file=stream)


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
