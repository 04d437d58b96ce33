"""C015: production's load balancer asks for the home page to find out whether a task is well."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.service.spec import Service
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_WARNING, Hit

ID = "C015"
SEVERITY = PRODUCTION_WARNING
SUMMARY = "nobody said which path tells whether a task is well"
WHY = (
    "Unsaid, the load balancer asks for `/`: an answer with a redirect is taken for a failure, and a page "
    "that needs the database makes every task unwell when the database is slow."
)
FIX = "Write `http.health_check.path`, a path that answers 200 when the program itself can work."
SOURCE = (
    "Elastic Load Balancing user guide, 'Health checks for Application Load Balancer target groups', 2026"
)


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """A service with requests whose check has the path that comes of writing none."""
    spec = component.spec
    assert isinstance(spec, Service)
    path = (*component.path, "http", "health_check", "path")
    if spec.http and platform.origin(path).source == "default":
        message = (
            "the load balancer asks for '/' to find out whether a task is well, because no path is written; "
            "write `health_check: {path: /healthz}`, or `/` if that is right"
        )
        yield Hit(("http",), message)
