"""Events -> a terminal that redraws what is under way, or plain lines everywhere else."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from typing import TextIO

from compiler.deploy.events import (
    Deployed,
    Destroyed,
    Event,
    LeftBehind,
    MigrationFailed,
    Recovered,
    ResourceEvent,
    Settling,
    StackFailed,
    StackStarted,
    Waiting,
)
from compiler.views.events import event_text
from compiler.views.style import Style, for_stream
from compiler.views.under_way import Board, Busy

_LINES = 12  # of resources under way, over all stacks; the rest is counted
_UP_AND_CLEAR = "\x1b[{}F\x1b[J"
_SPINNER = "|/-\\"
_SILENCE = 60.0  # seconds after which a log says what is still under way; CI systems end what is silent


class Plain:
    """A line per event, for logs and pipes; once a minute what is still under way."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._style = style
        self._board = Board()
        self._spoke: dict[str, float] = {}

    def show(self, event: Event) -> None:
        """Write the event's lines, if it has any."""
        self._board.take(event)
        text = event_text(event, self._style)
        lines = [text] if text else list(self._still()) if isinstance(event, Waiting) else []
        if lines:
            self._stream.write("".join(f"{line}\n" for line in lines))
            self._stream.flush()

    def close(self) -> None:
        """Nothing to take away."""

    def _still(self) -> Iterator[str]:
        for name, stack in self._board.stacks.items():
            if stack.seconds - max(stack.heard, self._spoke.get(name, 0.0)) >= _SILENCE:
                self._spoke[name] = stack.seconds
                yield f"{name}: still {stack.doing}, {'; '.join(stack.facts())}"
                yield from (f"  {line}" for line in stack.lines())


class Quiet:
    """Failures, what was left behind, and how it ended."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._plain = Plain(stream, style)

    def show(self, event: Event) -> None:
        """Write what nobody should miss."""
        if isinstance(event, (StackFailed, MigrationFailed, LeftBehind, Deployed, Destroyed, Recovered)):
            self._plain.show(event)

    def close(self) -> None:
        """Nothing to take away."""


class Live:
    """What is done scrolls by above; what is under way stands below and is redrawn in place."""

    def __init__(self, stream: TextIO, style: Style, width: Callable[[], int]) -> None:
        self._stream = stream
        self._style = style
        self._width = width
        self._drawn = 0
        self._turn = 0
        self._board = Board()

    def show(self, event: Event) -> None:
        """Take the event in and draw anew."""
        self._board.take(event)
        self._turn += isinstance(event, Waiting)
        self._erase()
        if _is_lasting(event) and (text := event_text(event, self._style)):
            self._stream.write(f"{text}\n")
        self._draw()
        self._stream.flush()

    def close(self) -> None:
        """Take away what is under way; what is done stays."""
        self._erase()
        self._stream.flush()

    def _erase(self) -> None:
        if self._drawn:
            self._stream.write(_UP_AND_CLEAR.format(self._drawn))
            self._drawn = 0

    def _draw(self) -> None:
        lines = [line for name, stack in self._board.stacks.items() for line in self._lines(name, stack)]
        # A line that wraps would count twice when it is erased.
        room = max(self._width() - 1, 20)
        for line, code in lines:
            self._stream.write(f"{self._style.paint(line[:room], code)}\n")
        self._drawn = len(lines)

    def _lines(self, name: str, stack: Busy) -> list[tuple[str, str]]:
        mark = _SPINNER[self._turn % len(_SPINNER)]
        head = f"{mark} {name}: {stack.doing}, {', '.join(stack.facts())}"
        share = max(_LINES // max(len(self._board.stacks), 1), 1)
        shown = [f"    {line}" for line in stack.lines()]
        more = [f"    and {len(shown) - share} more"] if len(shown) > share else []
        return [(head, "bold"), *((line, "dim") for line in [*shown[:share], *more])]


def progress(stream: TextIO, environ: Mapping[str, str], *, quiet: bool = False) -> Plain | Live | Quiet:
    """The view that fits the stream: live on a terminal that can be drawn on, plain in CI and in a pipe."""
    style = for_stream(stream)
    if quiet:
        return Quiet(stream, style)
    if stream.isatty() and environ.get("TERM") != "dumb" and not environ.get("CI"):
        return Live(stream, style, lambda: shutil.get_terminal_size().columns)
    return Plain(stream, style)


def _is_lasting(event: Event) -> bool:
    failed = isinstance(event, ResourceEvent) and event.status.endswith("FAILED")
    return failed or not isinstance(event, (ResourceEvent, StackStarted, Waiting, Settling))
