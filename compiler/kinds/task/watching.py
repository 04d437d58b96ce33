"""What a task is watched for."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.alarm import Alarm, Metric
from compiler.kinds.task.spec import Task
from compiler.model import Component, Platform


def alarms(component: Component, platform: Platform) -> Iterable[Alarm]:
    """Runs that fail, and with a schedule also those that never begin."""
    spec = component.spec
    assert isinstance(spec, Task)
    yield Alarm(
        "failed",
        "The task ended with an error or could not start; its log of failures tells why.",
        0,
        Metric("AWS/Events", "TriggeredRules", {"RuleName": "failure_rule"}),
        datapoints=1,
        periods=1,
    )
    if spec.schedule is not None:
        dead = {"QueueName": "dead_letter_name"}
        yield Alarm(
            "not-started",
            "The schedule could not start the task and gave up; what it tried is in the dead-letter queue.",
            0,
            Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", dead, "Maximum"),
            datapoints=1,
            periods=1,
        )
