"""Events of a deployment -> the screen, as they come."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress

from compiler.commands.interrupting import Interruptions, asking
from compiler.commands.streams import OutputError
from compiler.deploy.control import Control
from compiler.deploy.events import Event
from compiler.views.deploy import event_json
from compiler.views.progress import progress


def quiet_option(parser: argparse.ArgumentParser) -> None:
    """--quiet, for commands that show how something goes."""
    parser.add_argument("-q", "--quiet", action="store_true", help="tell failures and how it ended, no more")


def show_events(events: Iterator[Event], options: argparse.Namespace, control: Control | None = None) -> None:
    """A live view on a terminal, a line each in a log, JSON lines for machines, with --quiet the end only.

    What was begun goes on when nothing can be shown any more: OutputError comes after the last event. With a
    `control`, Ctrl-C at a terminal asks what is to become of it.
    """
    with asking(control) if control else nullcontext() as interruptions:
        if options.format == "json":
            _show(events, _print_json, interruptions, lambda: None)
            return
        view = progress(sys.stdout, dict(os.environ), quiet=options.quiet)
        try:
            _show(events, view.show, interruptions, view.close)
        finally:
            with suppress(OutputError):  # why the work ended matters more
                view.close()


def show_aside(events: Iterator[Event]) -> None:
    """The same on standard error, for commands whose output is something else."""
    view = progress(sys.stderr, dict(os.environ))
    try:
        _show(events, view.show, None, view.close)
    finally:
        view.close()


def _show(
    events: Iterator[Event],
    show: Callable[[Event], None],
    interruptions: Interruptions | None,
    clear: Callable[[], None],
) -> None:
    lost = None
    for event in events:
        try:
            show(event)
            if interruptions and interruptions.pending:
                clear()  # the question is not to be drawn over
        except OutputError as error:
            lost = error
        if interruptions:
            interruptions.settle()
    if lost:
        raise lost


def _print_json(event: Event) -> None:
    if line := event_json(event):
        print(line, flush=True)
