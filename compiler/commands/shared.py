"""What several commands do alike: take a spec, choose environments, show findings."""

from __future__ import annotations

import argparse
import functools
import os
import stat
import sys
from collections.abc import Sequence

from compiler.commands.code import read_code
from compiler.diagnostics import Position
from compiler.package import Sources
from compiler.views import findings as view
from compiler.views.findings import Finding
from compiler.views.style import for_stream

EXCERPT_BYTES = 1024 * 1024  # of a larger file no line is shown; no spec may be larger


def spec_argument(parser: argparse.ArgumentParser) -> None:
    """SPEC, for every command that reads one."""
    parser.add_argument("spec", metavar="SPEC", help="the platform spec, YAML or JSON")


def environment_option(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    """--env, for every command."""
    whole = "" if required else " (default: all)"
    parser.add_argument("--env", metavar="NAME", required=required, help=f"the environment{whole}")


def format_option(parser: argparse.ArgumentParser, formats: Sequence[str]) -> None:
    """--format, for every command; text is the default."""
    parser.add_argument("--format", choices=formats, default="text", help="how to print (default: text)")


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
        if not stat.S_ISREG(found.st_mode) or found.st_size > EXCERPT_BYTES:
            return None
        lines = _lines(position.file, found.st_mtime_ns, found.st_size)
    except (OSError, ValueError):
        return None
    return lines[position.line - 1] if 0 < position.line <= len(lines) else None


@functools.lru_cache(maxsize=1)
def _lines(file: str, *_version: int) -> list[str]:
    with open(file, encoding="utf-8-sig") as opened:
        return opened.readlines()


def sources(spec: str) -> Sources:
    """Reads the folders that a spec names, relative to the spec's own folder."""
    base = os.path.dirname(os.path.abspath(spec))
    return lambda folder: read_code(os.path.join(base, folder))
