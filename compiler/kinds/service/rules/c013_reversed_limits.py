"""C013: fewer tasks at most than at least."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.service.count import ServiceCount
from compiler.kinds.service.spec import Service
from compiler.model import Component, Platform
from compiler.rule import ERROR, Hit

ID = "C013"
SEVERITY = ERROR
WAIVABLE = False
SUMMARY = "the least number of tasks is greater than the greatest"
WHY = "Application Auto Scaling refuses such limits; they often come from an environment that changes one."
FIX = "Write a `min` that is not greater than `max`; look at what the environment says as well."
SOURCE = "Application Auto Scaling API reference, 'RegisterScalableTarget'"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Limits in the wrong order."""
    spec = component.spec
    assert isinstance(spec, Service)
    if isinstance(spec.count, ServiceCount) and spec.count.min > spec.count.max:
        yield Hit(("count", "min"), f"'min' {spec.count.min} is greater than 'max' {spec.count.max}")
