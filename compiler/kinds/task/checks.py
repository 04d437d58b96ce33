"""What can be wrong with a task that its schema cannot say."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.blocks import schedule
from compiler.blocks.fargate import checks
from compiler.kind import Problem
from compiler.kinds.task.spec import Task, schedule_of
from compiler.model import Component, Platform


def check(component: Component, platform: Platform) -> Iterable[Problem]:
    """What is wrong with its container, and with the time it is started at."""
    spec = component.spec
    assert isinstance(spec, Task)
    yield from checks.problems(component, platform)
    if when := schedule_of(spec):
        yield from schedule.problems(when, isinstance(spec.schedule, str))
