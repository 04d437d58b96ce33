"""What the YAML parser complains about -> what is wrong, where, and what to do."""

from __future__ import annotations

import re
from typing import NamedTuple

Mark = tuple[int, int]  # line and column, from 0


class Complaint(NamedTuple):
    """A parser's error: its words, where it stumbled, where the construct began."""

    problem: str
    at: Mark
    opened: Mark | None


# One line for the words of the C parser and those of the pure one. The third word says which place helps:
# where the parser stumbled ("here") or where the construct began ("opened").
EXPLANATIONS = (
    (r"could not find expected ':'", "this line needs ': ' after its key", "opened"),
    (r"mapping values are not allowed", "", "here"),
    (r"(expected|find expected) ',' or '\]'", "the '[' that opens here lacks its ',' or ']'", "opened"),
    (r"(expected|find expected) ',' or '\}'", "the '{' that opens here lacks its ',' or '}'", "opened"),
    (r"unexpected end of stream", "the quote that opens here is never closed", "opened"),
    (r"document separator", "the quote that opens here is never closed", "opened"),
    (
        r"unknown escape",
        "unknown escape in double quotes; write \\\\ for a backslash or use single quotes",
        "here",
    ),
    (r"escape code|hexa", "this escape is not a character; write the character itself", "here"),
    (r"alphabetic or numeric", "text that starts with '*' or '&' needs quotes", "opened"),
    (r"cannot start any token", "text cannot start with this character; put it in quotes", "here"),
    (r"'-' indicator", "expected '- ' as in the rest of the list, or less indentation", "here"),
    (r"sequence entries are not allowed", "a list starts on its own line: break the line before '-'", "here"),
    (r"node content", "a value is missing before this; text that starts with it needs quotes", "here"),
    (r"find expected key|<block end>", "", "here"),
    (
        r"comment or line break|chomping",
        "only '-', '+' or a digit may follow '|' or '>'; put the text below",
        "here",
    ),
    (r"undefined tag|tag|'[!>]'", "text that starts with '!' needs quotes", "opened"),
    (r"document start", "nothing may follow the '...' that ends the spec", "here"),
    (
        r"incompatible|directive",
        "remove this '%' line; a spec needs no YAML directive",
        "here",
    ),
)
TAB = "this line is indented with a tab; YAML indents with spaces only"


def explain(complaint: Complaint, text: str) -> tuple[str, Mark]:
    """The message and its place, line and column from 0."""
    lines = re.split("\r\n|\r|\n", text)
    line, column = complaint.at
    source = lines[line] if line < len(lines) else ""
    if source[column : column + 1] == "\t" and not source[:column].strip():
        return TAB, complaint.at
    for pattern, message, side in EXPLANATIONS:
        if re.search(pattern, complaint.problem):
            at = complaint.opened if side == "opened" and complaint.opened else complaint.at
            return "not valid YAML: " + (message or _misplaced(complaint, source)), at
    return f"not valid YAML: {complaint.problem}", complaint.at


def _misplaced(complaint: Complaint, source: str) -> str:
    """A ':' or a word where none can be: the line tells whether quotes or the indentation are wrong."""
    before = source[: complaint.at[1]]
    if ": " in before or '"' in before or "'" in before:
        return "the value ends before this; put a value with ': ' or quotes inside in (other) quotes"
    return "indent this line like its neighbours, or end the key above with ':'"
