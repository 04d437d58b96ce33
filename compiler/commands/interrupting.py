"""Ctrl-C while a deployment runs: asked once whether to leave it running, or to cancel and roll back."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from compiler.commands.reviewing import at_terminal
from compiler.deploy.control import Control

QUESTION = (
    "\nwhat runs in AWS goes on by itself. Type 'leave' to stop watching, 'cancel' to stop and roll back, "
    "or press Enter to go on: "
)


class Interruptions:
    """Notes Ctrl-C; a second one before anybody was asked interrupts as ever."""

    def __init__(self, control: Control, ask: Callable[[str], str]) -> None:
        self._control = control
        self._ask = ask
        self._noted = False

    def note(self, *_: Any) -> None:
        """The handler of the signal."""
        if self._noted:
            raise KeyboardInterrupt
        self._noted = True

    @property
    def pending(self) -> bool:
        return self._noted

    def settle(self) -> None:
        """Ask, if there was one; KeyboardInterrupt when the answer is to stop watching."""
        if not self._noted:
            return
        answer = self._ask(QUESTION).strip().lower()
        self._noted = False
        if answer == "leave":
            raise KeyboardInterrupt
        if answer == "cancel":
            self._control.cancel()


@contextmanager
def asking(control: Control) -> Iterator[Interruptions]:
    """Ctrl-C asks for the length of a `with` block, where somebody is there to answer; else it interrupts."""
    found = Interruptions(control, _asked)
    if not at_terminal() or threading.current_thread() is not threading.main_thread():
        yield found
        return
    before = signal.signal(signal.SIGINT, found.note)
    try:
        yield found
    finally:
        signal.signal(signal.SIGINT, before)


def _asked(question: str) -> str:
    """The answer; Ctrl-C and the end of input are one too: to stop watching."""
    meanwhile = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        # Not `input`, whose prompt would be lost when standard output goes into a file.
        sys.stderr.write(question)
        sys.stderr.flush()
        return sys.stdin.readline() or "leave"
    except KeyboardInterrupt:
        return "leave"
    finally:
        signal.signal(signal.SIGINT, meanwhile)
