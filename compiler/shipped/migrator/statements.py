"""SQL text -> its statements, each with the line it begins on; split where psql would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?P<space>\s++|--[^\n]*+)
  | (?P<comment>/\*)
  | (?P<quoted>[eE]'(?:[^'\\]|\\.|'')*+'|'(?:[^']|'')*+'|"(?:[^"]|"")*+")
  | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
  | (?P<word>[^\W\d][\w$]*+)
  | (?P<other>\d[\w.]*+|.)
    """,
    re.DOTALL | re.VERBOSE,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
# A routine's body in standard SQL is not quoted: its semicolons end nothing.
_ROUTINE = re.compile(r"create (or replace )?(function|procedure)\b")
_CONTROL = re.compile(
    r"(begin|commit|end|abort|start transaction|prepare transaction|rollback(?! (work |transaction )?to\b))\b"
)
_FROM_STDIN = re.compile(r"\bfrom\s+stdin\b", re.IGNORECASE)
_FIRST_WORDS = 6


class Statement(NamedTuple):
    """One statement, without its semicolon and without the comments before it."""

    text: str
    line: int  # in the file, of its first word
    words: str  # its first words, in lower case

    @property
    def controls_transaction(self) -> bool:
        """Whether it begins or ends a transaction; savepoints do not."""
        return bool(_CONTROL.match(self.words))

    @property
    def wants_input(self) -> bool:
        """Whether it reads what only a client such as psql has to give."""
        return self.words.startswith("copy ") and bool(_FROM_STDIN.search(self.text))

    def line_of(self, position: int) -> int:
        """The line in the file of a position that PostgreSQL reports: a character of the text, from 1."""
        return self.line + self.text.count("\n", 0, max(position - 1, 0))


def split(text: str) -> list[Statement]:
    """The statements of a file. What is never closed belongs to the last one: PostgreSQL tells of it."""
    found: list[Statement] = []
    part = _Part()
    for kind, start, end in _tokens(text):
        if kind == "other" and text[start] == ";" and not part.open:
            found += part.statement(text, start)
            part = _Part()
        elif kind != "space":
            part.take(kind, text[start:end], start)
    return found + part.statement(text, len(text.rstrip()))


class _Part:
    """A statement as far as it has been read."""

    def __init__(self) -> None:
        self.start = -1
        self.parentheses = 0
        self.blocks = 0  # BEGIN ATOMIC and CASE, not yet ended
        self.words: list[str] = []

    @property
    def open(self) -> bool:
        """Whether a semicolon here ends nothing."""
        return self.parentheses > 0 or self.blocks > 0

    def take(self, kind: str, token: str, start: int) -> None:
        """Reads one token."""
        self.start = start if self.start < 0 else self.start
        if token in ("(", ")"):
            self.parentheses = max(self.parentheses + (1 if token == "(" else -1), 0)
        if kind != "word":
            return
        word = token.lower()
        if len(self.words) < _FIRST_WORDS:
            self.words.append(word)
        if not self.parentheses and _ROUTINE.match(" ".join(self.words)):
            self._block(word)

    def _block(self, word: str) -> None:
        if word == "begin" or (word == "case" and self.blocks):
            self.blocks += 1
        elif word == "end" and self.blocks:
            self.blocks -= 1

    def statement(self, text: str, end: int) -> list[Statement]:
        """What has been read, as a list of one, or of none when it was space and comments only."""
        if self.start < 0:
            return []
        line = text.count("\n", 0, self.start) + 1
        return [Statement(text[self.start : end], line, " ".join(self.words))]


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    place = 0
    while match := _TOKEN.match(text, place):
        kind, end = str(match.lastgroup), match.end()
        if kind == "comment":
            kind, end = "space", _comment_end(text, end)
        elif kind == "dollar":
            closing = text.find(match[0], end)
            end = closing + len(match[0]) if closing >= 0 else len(text)
        yield kind, place, end
        place = end


def _comment_end(text: str, place: int) -> int:
    """Where a comment ends whose beginning has been read; comments nest."""
    depth = 1
    while depth and (edge := _COMMENT_EDGE.search(text, place)):
        depth += 1 if edge[0] == "/*" else -1
        place = edge.end()
    return len(text) if depth else place
