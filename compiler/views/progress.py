"""Events -> a terminal that redraws what is under way, or plain lines everywhere else."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from typing import TextIO

from compiler.deploy.events import Event, ResourceEvent, StackFailed, StackFinished, StackStarted, Waiting
from compiler.views.deploy import duration, event_text
from compiler.views.style import Style, for_stream

_LINES = 12  # of resources under way, over all stacks; the rest is counted
_UP_AND_CLEAR = "\x1b[{}F\x1b[J"
_SPINNER = "|/-\\"


class Plain:
    """A line per event, for logs and pipes."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._style = style

    def show(self, event: Event) -> None:
        """Write the event's lines, if it has any."""
        if text := event_text(event, self._style):
            self._stream.write(f"{text}\n")
            self._stream.flush()

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
        self._stacks: dict[str, _Stack] = {}

    def show(self, event: Event) -> None:
        """Take the event in and draw anew."""
        self._take(event)
        self._erase()
        if _is_lasting(event) and (text := event_text(event, self._style)):
            self._stream.write(f"{text}\n")
        self._draw()
        self._stream.flush()

    def close(self) -> None:
        """Take away what is under way; what is done stays."""
        self._erase()
        self._stream.flush()

    def _take(self, event: Event) -> None:
        match event:
            case StackStarted(stack, doing, resources):
                self._stacks[stack] = _Stack(doing, resources)
            case ResourceEvent():
                self._stacks[event.stack].take(event)
            case StackFinished(stack=stack) | StackFailed(stack=stack):
                self._stacks.pop(stack, None)
            case Waiting(stacks):
                self._turn += 1
                for name, seconds in stacks.items():
                    if name in self._stacks:
                        self._stacks[name].seconds = seconds

    def _erase(self) -> None:
        if self._drawn:
            self._stream.write(_UP_AND_CLEAR.format(self._drawn))
            self._drawn = 0

    def _draw(self) -> None:
        lines = [line for name, stack in self._stacks.items() for line in self._lines(name, stack)]
        # A line that wraps would count twice when it is erased.
        room = max(self._width() - 1, 20)
        for line, code in lines:
            self._stream.write(f"{self._style.paint(line[:room], code)}\n")
        self._drawn = len(lines)

    def _lines(self, name: str, stack: _Stack) -> list[tuple[str, str]]:
        mark = _SPINNER[self._turn % len(_SPINNER)]
        head = f"{mark} {name}: {stack.doing}, {stack.done} of {stack.resources}, {duration(stack.seconds)}"
        share = max(_LINES // max(len(self._stacks), 1), 1)
        shown = [f"    {status} {logical_id}" for logical_id, status in stack.busy.items()]
        more = [f"    and {len(shown) - share} more"] if len(shown) > share else []
        return [(head, "bold"), *((line, "dim") for line in [*shown[:share], *more])]


class _Stack:
    """One stack under way."""

    def __init__(self, doing: str, resources: int) -> None:
        self.doing = doing
        self.resources = resources
        self.seconds = 0.0
        self.done = 0
        self.busy: dict[str, str] = {}

    def take(self, event: ResourceEvent) -> None:
        if event.status.endswith("IN_PROGRESS"):
            component = f" of {event.origin.component}" if event.origin else ""
            self.busy[event.logical_id] = f"{event.status}{component}"
        elif self.busy.pop(event.logical_id, None) and event.status.endswith("_COMPLETE"):
            self.done += 1


def progress(stream: TextIO, environ: Mapping[str, str]) -> Plain | Live:
    """The view that fits the stream: live on a terminal that can be drawn on, plain in CI and in a pipe."""
    style = for_stream(stream)
    if stream.isatty() and environ.get("TERM") != "dumb" and not environ.get("CI"):
        return Live(stream, style, lambda: shutil.get_terminal_size().columns)
    return Plain(stream, style)


def _is_lasting(event: Event) -> bool:
    failed = isinstance(event, ResourceEvent) and event.status.endswith("FAILED")
    return failed or not isinstance(event, (ResourceEvent, StackStarted, Waiting))
