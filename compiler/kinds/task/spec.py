"""What users may write of a task."""

from __future__ import annotations

from typing import Annotated

from compiler.blocks.fargate.spec import Container
from compiler.blocks.schedule import Schedule
from compiler.kind import about
from compiler.kinds.task.use import TaskUsage


class TaskSchedule(Schedule, kw_only=True):
    """When the task is started, and how hard that is tried."""

    retries: Annotated[
        int,
        about(
            "How often a start that ECS refuses is tried again; a task that fails is not run again.",
            examples=[2],
            ge=0,
            le=185,
        ),
    ] = 5


class Task(Container, kw_only=True):
    """A container that runs on Fargate and ends; without a `schedule`, when somebody starts it."""

    schedule: Annotated[
        str | TaskSchedule | None,
        about(
            "When it is started: an expression, or one with a time zone; nobody but people when left out.",
            examples=["cron(0 3 * * ? *)", {"expression": "cron(0 3 * * ? *)", "timezone": "Europe/Berlin"}],
        ),
    ] = None
    usage: Annotated[
        TaskUsage | None,
        about(
            "How often the task runs in a month, for the estimate of what it costs.",
            examples=[{"runs": 30, "duration": "10m"}],
        ),
    ] = None


def schedule_of(spec: Task) -> TaskSchedule | None:
    """The schedule in its long form, or None when there is none."""
    return TaskSchedule(expression=spec.schedule) if isinstance(spec.schedule, str) else spec.schedule
