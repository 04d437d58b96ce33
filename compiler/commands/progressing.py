"""Events of a deployment -> the screen, as they come."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator

from compiler.deploy.events import Event
from compiler.views.deploy import event_json
from compiler.views.progress import progress


def show_events(events: Iterator[Event], options: argparse.Namespace) -> None:
    """A live view on a terminal, a line each in a log, JSON lines for machines."""
    if options.format == "json":
        for event in events:
            if line := event_json(event):
                print(line, flush=True)
        return
    view = progress(sys.stdout, dict(os.environ))
    try:
        for event in events:
            view.show(event)
    finally:
        view.close()
