"""Colours and symbols for a terminal, nothing for a pipe."""

from __future__ import annotations

import os
from typing import TextIO

CODES = {"red": 31, "green": 32, "yellow": 33, "blue": 34, "magenta": 35, "cyan": 36, "dim": 2, "bold": 1}


class Style:
    """Paints text, or leaves it alone."""

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def paint(self, text: str, code: str) -> str:
        """The text in one of CODES."""
        return f"\x1b[{CODES[code]}m{text}\x1b[0m" if self.colour else text


def for_stream(stream: TextIO) -> Style:
    """Colour on a terminal, unless NO_COLOR is set to anything (no-color.org) or the terminal is dumb."""
    wanted = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Style(wanted)
