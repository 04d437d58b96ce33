"""Standard output and error that outlive their readers: a closed pipe is silence, a full disk a sentence."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

from compiler.exits import FINE, UserError


class OutputError(UserError):
    """Standard output takes nothing more; raised once, after that what is written goes nowhere."""


class Guarded:
    """A text stream that falls silent when its reader goes away, and loses what it cannot tell anybody."""

    def __init__(self, stream: TextIO | None, name: str, *, tells: bool) -> None:
        self._stream = stream
        self._name = name
        self._tells = tells
        self._silent = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def isatty(self) -> bool:
        return self._stream is not None and self._stream.isatty()

    def write(self, text: str) -> int:
        """All of the text, as far as the writer need know."""
        if self._stream is None:
            self._fall_silent("it is closed")
        elif not self._silent:
            try:
                self._stream.write(text)
            except OSError as error:
                self._fail(error)
        return len(text)

    def flush(self) -> None:
        if self._stream is not None and not self._silent:
            try:
                self._stream.flush()
            except OSError as error:
                self._fail(error)

    def _fail(self, error: OSError) -> None:
        if self._stream is not None:
            _lead_nowhere(self._stream)
        self._fall_silent(
            "" if isinstance(error, BrokenPipeError) else (error.strerror or str(error)).lower()
        )

    def _fall_silent(self, reason: str) -> None:
        told, self._silent = self._silent, True
        if reason and self._tells and not told:
            raise OutputError(f"cannot write to {self._name}: {reason}; send it somewhere else")


@contextmanager
def guarded() -> Iterator[None]:
    """Both streams guarded for the length of a `with` block; only standard output tells of its failure."""
    _occupy_standard_descriptors()
    before = sys.stdout, sys.stderr
    sys.stdout = cast(TextIO, Guarded(before[0], "standard output", tells=True))
    sys.stderr = cast(TextIO, Guarded(before[1], "standard error", tells=False))
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def flush() -> int:
    """FINE when everything written so far is out; OutputError when standard output does not take it."""
    sys.stderr.flush()
    sys.stdout.flush()
    return FINE


def _lead_nowhere(stream: TextIO) -> None:
    """What is still buffered must not fail again when the interpreter ends."""
    with suppress(OSError, ValueError):  # a stream of a test has no descriptor
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _occupy_standard_descriptors() -> None:
    """Where one was closed, the next file that is opened would get its number, and what is written there."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
