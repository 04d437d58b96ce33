"""What several commands do alike: take a spec, choose environments, show findings."""

from __future__ import annotations

import argparse
import linecache
import os
import sys
from collections.abc import Mapping, Sequence

from compiler.diagnostics import Position
from compiler.package import Sources
from compiler.views import findings as view
from compiler.views.findings import Finding
from compiler.views.style import for_stream

# What never belongs into a deployment package.
LEFT_OUT = ("__pycache__",)


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
    return linecache.getline(position.file, position.line) or None


def sources(spec: str) -> Sources:
    """Reads the folders that a spec names, relative to the spec's own folder."""
    base = os.path.dirname(os.path.abspath(spec))

    def read(folder: str) -> Mapping[str, bytes]:
        root = os.path.join(base, folder)
        found = {}
        for path, folders, files in os.walk(root, onerror=_raise):
            folders[:] = [name for name in folders if name not in LEFT_OUT and not name.startswith(".")]
            for name in files:
                if not name.startswith(".") and not name.endswith(".pyc"):
                    whole = os.path.join(path, name)
                    found[os.path.relpath(whole, root).replace(os.sep, "/")] = _content(whole)
        return found

    return read


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _raise(error: OSError) -> None:
    raise error
