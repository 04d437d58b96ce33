"""A message -> a GitHub workflow command, which GitHub shows at a line of the spec."""

from __future__ import annotations

from compiler.diagnostics import Position


def command(level: str, title: str, message: str, position: Position | None = None) -> str:
    """One workflow command; unescaped, a line end or a comma would end its part early.

    Source: actions/toolkit, packages/core/src/command.ts.
    """
    where = ""
    if position:
        where = f"file={_property(position.file)},line={position.line},col={position.column},"
    return f"::{level} {where}title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
