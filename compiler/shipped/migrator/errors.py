"""Why migrations cannot go on, in a form that travels as JSON."""

from __future__ import annotations

from typing import Any


class MigrationError(Exception):
    """What is wrong, where, and what to do; never holds a password."""

    def __init__(
        self, message: str, advice: str, *, file: str = "", line: int = 0, sqlstate: str = ""
    ) -> None:
        super().__init__(message)
        self.message, self.advice = message, advice
        self.file, self.line, self.sqlstate = file, line, sqlstate

    def data(self) -> dict[str, Any]:
        """The error as JSON has it; `line` is 0 where none is known."""
        return {
            "message": self.message,
            "advice": self.advice,
            "file": self.file,
            "line": self.line,
            "sqlstate": self.sqlstate,
        }
