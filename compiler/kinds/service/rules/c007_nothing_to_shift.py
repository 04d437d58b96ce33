"""C007: a strategy that moves requests, for a service that gets none."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.service.spec import Service
from compiler.kinds.service.strategy import shifts
from compiler.model import Component, Platform
from compiler.rule import ERROR, Hit, Remedy

ID = "C007"
SEVERITY = ERROR
WAIVABLE = False
SUMMARY = "a strategy moves requests from one version to the next, and there are none"
WHY = (
    "Formwork lets ECS move requests by the weights of two target groups behind a listener. Without requests "
    "both versions would take work for the whole bake time, and no share of it could be held back."
)
FIX = "Add `http`, or remove `strategy` to exchange the tasks one by one."
SOURCE = "ECS developer guide, 'Required resources for Amazon ECS blue/green deployments', 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Any strategy but rolling without `http`."""
    spec = component.spec
    assert isinstance(spec, Service)
    if shifts(spec) and spec.http is None:
        path = ("deployment", "strategy")
        message = (
            f"{spec.deployment.strategy} moves requests from one version to the next, and without 'http' "
            "there are none; add 'http', or remove 'strategy'"
        )
        yield Hit(path, message, Remedy("remove", path))
