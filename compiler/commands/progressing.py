"""Events of a deployment -> the screen, as they come."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

from compiler.commands.streams import OutputError
from compiler.deploy.events import Event
from compiler.views.deploy import event_json
from compiler.views.progress import progress


def show_events(events: Iterator[Event], options: argparse.Namespace) -> None:
    """A live view on a terminal, a line each in a log, JSON lines for machines.

    What was begun goes on when nothing can be shown any more: OutputError comes after the last event.
    """
    if options.format == "json":
        _show(events, _print_json)
        return
    view = progress(sys.stdout, dict(os.environ))
    try:
        _show(events, view.show)
    finally:
        with suppress(OutputError):  # why the work ended matters more
            view.close()


def _show(events: Iterator[Event], show: Callable[[Event], None]) -> None:
    lost = None
    for event in events:
        try:
            show(event)
        except OutputError as error:
            lost = error
    if lost:
        raise lost


def _print_json(event: Event) -> None:
    if line := event_json(event):
        print(line, flush=True)
