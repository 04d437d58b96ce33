"""C003: production depends on one task."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.service.count import at_least
from compiler.kinds.service.spec import Service
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_ERROR, Hit, Remedy

ID = "C003"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "production may have a service with fewer than two tasks"
WHY = (
    "A task is replaced whenever it fails, its host is retired or its zone goes down; until the next one is "
    "up, minutes later, the only task's service is not there."
)
FIX = "Let two tasks run at least, better one in each zone; waive it for what must never run twice."
SOURCE = "AWS Well-Architected Framework, REL10-BP01 'Deploy the workload to multiple locations'"

LEAST = 2


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """A number of tasks, or a least number of them, below two."""
    spec = component.spec
    assert isinstance(spec, Service)
    tasks = at_least(spec.count)
    if tasks < LEAST:
        path = ("count",) if isinstance(spec.count, int) else ("count", "min")
        what = "one task may be all that runs" if tasks else "no task runs"
        message = f"{what}; production needs {LEAST} at least"
        if not tasks:
            message += ", or a waiver for as long as the service is to be stopped"
        fits = isinstance(spec.count, int) or spec.count.max >= LEAST
        yield Hit(path, message, Remedy("set", path, LEAST) if tasks and fits else None)
