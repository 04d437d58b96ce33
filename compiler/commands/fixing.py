"""`formwork validate SPEC --fix`: mends the spec as far as that needs no decision, and shows the rest."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from compiler.commands.files import rewrite_file
from compiler.commands.findings import source_line
from compiler.diagnostics import Diagnostic
from compiler.document import Document, content
from compiler.editing.mend import Mended, mend
from compiler.exits import FINE, INVALID, UserError
from compiler.views import findings, fixes
from compiler.views.style import for_stream


def fix_spec(options: argparse.Namespace, find: Callable[[Document], Sequence[Diagnostic]]) -> int:
    """Mends what `find` finds in `options.spec`; INVALID when errors are left in the file.

    Raises SpecError when the file cannot be read as a spec; it is left as it is then.
    """
    if options.diff and options.format != "text":
        raise UserError(f"--diff prints text; leave out --format {options.format}, or --diff")
    before = content(options.spec)
    mended = mend(before, options.spec, find)
    if not options.diff and mended.fixed:
        rewrite_file(options.spec, before, mended.content)
    if options.format == "text":
        _show(options.spec, before, mended, written=not options.diff)
    else:
        _print(options.format, mended)
    remaining = (*mended.left, *mended.fixed) if options.diff else mended.left
    return INVALID if any(problem.severity == "error" for problem in remaining) else FINE


def _show(file: str, before: bytes, mended: Mended, *, written: bool) -> None:
    """What was done to standard output, what is left to standard error."""
    out, errors = for_stream(sys.stdout), for_stream(sys.stderr)
    if written:
        print(fixes.fixed_lines(mended.fixed, out), end="")
    else:
        print(fixes.diff(before.decode(), mended.content.decode(), file, out), end="")
    left = mended.left if written else mended.left_before
    print(findings.render(left, "text", errors, source_line), end="", file=sys.stderr)
    summary = fixes.outcome(len(mended.fixed), len(mended.left), file, written=written)
    print(summary, end="", file=sys.stderr)


def _print(form: str, mended: Mended) -> None:
    if form == "json":
        print(findings.json_of_fixes(mended.fixed, mended.left), end="")
    else:
        print(findings.render(mended.left, form, for_stream(sys.stdout)), end="")
