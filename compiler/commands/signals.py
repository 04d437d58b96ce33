"""Ctrl-C and SIGTERM in a process that is all ours: both clean up, and neither leaves a traceback."""

from __future__ import annotations

import _thread
import os
import signal
import sys
from typing import Any, NoReturn


class Terminated(KeyboardInterrupt):
    """SIGTERM, which ends a command as Ctrl-C does, so that emulators and change sets are cleaned up."""


def take_over() -> None:
    """From here on SIGTERM raises Terminated, and no interruption is lost or shown as a traceback."""
    signal.signal(signal.SIGTERM, _terminated)
    # Ctrl-C reaches the linter's processes too; they have nothing to clean up.
    os.register_at_fork(after_in_child=_end_at_once)
    sys.unraisablehook = _try_again


def let_go() -> None:
    """The command is over: the interpreter's own end is not to be interrupted."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _terminated(*_: Any) -> NoReturn:
    raise Terminated


def _end_at_once() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _try_again(lost: sys.UnraisableHookArgs) -> None:
    """Where nothing can be raised, such as a finalizer, Python would print the interruption and go on."""
    if isinstance(lost.exc_value, Terminated):
        _thread.interrupt_main(signal.SIGTERM)
    elif isinstance(lost.exc_value, KeyboardInterrupt):
        _thread.interrupt_main()
    else:
        sys.__unraisablehook__(lost)
