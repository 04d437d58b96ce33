"""What `validate --fix` did or would do -> text."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Sequence

from compiler.diagnostics import Diagnostic, Fix
from compiler.views.style import Style
from compiler.words import count, dotted, shorten

COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def told(fix: Fix) -> str:
    """`rename streams.clicks.shard to shards`, and the like."""
    place = dotted(fix.path)
    if fix.action == "remove":
        return f"remove {place}"
    value = shorten(json.dumps(fix.value, ensure_ascii=False))
    return f"set {place} to {value}" if fix.action == "set" else f"rename {place} to {value}"


def fixed_lines(fixed: Sequence[Diagnostic], style: Style) -> str:
    """A line for each fix, at the place where the problem was."""
    return "".join(_line(each, style) for each in sorted(fixed))


def outcome(fixed: int, left: int, file: str, *, written: bool) -> str:
    """How much was mended and how much is left; nothing for a spec that had no problem."""
    if not fixed:
        return f"nothing in {file} can be mended without a decision of yours\n" if left else ""
    done = "mended" if written else "can be mended"
    return f"{count(fixed, 'problem')} {done} in {file}" + (f", {left} left\n" if left else "\n")


def diff(before: str, after: str, file: str, style: Style) -> str:
    """The change as a unified diff that `patch -p0` takes; nothing when there is none."""
    found = difflib.unified_diff(_lines(before), _lines(after), file, file)
    return "".join(_diff_line(line, style) for line in found)


def _lines(text: str) -> list[str]:
    return re.findall("[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", text)


def _line(problem: Diagnostic, style: Style) -> str:
    what = told(problem.fix) if problem.fix else ""
    return f"{style.paint(str(problem.position), 'bold')} {style.paint(problem.code, 'green')} {what}\n"


def _diff_line(line: str, style: Style) -> str:
    text = line.rstrip("\r\n")
    end = line[len(text) :] or "\n\\ No newline at end of file\n"
    colour = COLOURS.get(line[:1])
    return (style.paint(text, colour) if colour else text) + end
