"""What can be wrong with a task that its schema cannot say."""

from __future__ import annotations

from collections.abc import Iterable

from compiler import cron
from compiler.blocks.fargate import checks
from compiler.kind import Problem
from compiler.kinds.task.spec import Task, schedule_of
from compiler.model import Component, Path, Platform


def check(component: Component, platform: Platform) -> Iterable[Problem]:
    """What is wrong with its container, and with the time it is started at."""
    spec = component.spec
    assert isinstance(spec, Task)
    yield from checks.problems(component, platform)
    if schedule := schedule_of(spec):
        where: Path = ("schedule",) if isinstance(spec.schedule, str) else ("schedule", "expression")
        if message := cron.problem(schedule.expression):
            yield Problem(where, "E105", message)
        if message := cron.timezone_problem(schedule.timezone):
            yield Problem(("schedule", "timezone"), "E105", message)
