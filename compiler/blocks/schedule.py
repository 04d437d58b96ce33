"""When something is called or started: what users may write, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from compiler import cron
from compiler.kind import Problem, Record, about
from compiler.model import Path


class Schedule(Record):
    """When; each kind says in its own record what else can be said."""

    expression: Annotated[
        str, about("When: rate(...) or cron(...).", examples=["cron(0 3 * * ? *)", "rate(5 minutes)"])
    ]
    timezone: Annotated[
        str, about("The time zone of a cron expression; it minds summer time.", examples=["Europe/Berlin"])
    ] = "UTC"
    enabled: Annotated[
        bool, about("Whether it is on; off keeps everything ready, such as in dev.", examples=[False])
    ] = True


def problems(schedule: Schedule, short: bool) -> Iterable[Problem]:
    """What EventBridge Scheduler does not take, at its place in the `short` or the long form."""
    path: Path = ("schedule",) if short else ("schedule", "expression")
    if message := cron.problem(schedule.expression):
        yield Problem(path, "E105", message)
    if message := cron.timezone_problem(schedule.timezone):
        yield Problem(("schedule", "timezone"), "E105", message)
