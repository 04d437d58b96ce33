"""Replacements inside a text, and the lines that they touch."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

LINE_BREAK = re.compile("\r\n|\r|\n")


class Splice(NamedTuple):
    """What stands from `start` to before `end` (offsets in characters) becomes `text`."""

    start: int
    end: int
    text: str = ""


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """The text with all replacements made; they must not overlap, and those at one place keep their order."""
    parts: list[str] = []
    done = 0
    for splice in sorted(splices, key=lambda splice: splice.start):
        parts += [text[done : splice.start], splice.text]
        done = splice.end
    return "".join([*parts, text[done:]])


def line_start(text: str, at: int) -> int:
    """Where the line of an offset begins."""
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def line_end(text: str, at: int) -> int:
    """Where the line of an offset ends, before its line break."""
    found = LINE_BREAK.search(text, at)
    return found.start() if found else len(text)


def next_line(text: str, at: int) -> int:
    """Where the line after that of an offset begins; the end of the text when there is none."""
    found = LINE_BREAK.search(text, at)
    return found.end() if found else len(text)


def line_break(text: str) -> str:
    """How lines end in this text."""
    found = LINE_BREAK.search(text)
    return found[0] if found else "\n"


def begins_line(text: str, at: int) -> bool:
    """Whether nothing but blanks stands before an offset on its line."""
    return not text[line_start(text, at) : at].strip(" \t")


def ends_line(text: str, at: int) -> bool:
    """Whether nothing but blanks and a comment follows an offset on its line."""
    return bool(re.fullmatch("[ \t]*|[ \t]+#.*", text[at : line_end(text, at)]))
