"""What a default alarm watches, as data: no kind needs CloudWatch's own shapes to say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Metric:
    """One CloudWatch metric.

    `dimensions` maps a dimension's name to an attribute of the component (`"name"`), to one of another
    component (`"cluster.name"`), or to a constant (`"=$default"`).
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str = "Sum"
    period: int = 60  # seconds


@dataclass(frozen=True)
class Alarm:
    """One alarm: `datapoints` of `periods` must breach.

    Give `metric`, or `metrics` (by id) with an `expression` over them.
    """

    name: str  # kebab-case, unique within the component
    summary: str  # one sentence: what is wrong when it rings
    threshold: float
    metric: Metric | None = None
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    expression: str = ""
    comparison: Literal[">", ">=", "<", "<="] = ">"
    datapoints: int = 3
    periods: int = 5
    severity: Literal["critical", "warning"] = "warning"
    missing: Literal["notBreaching", "breaching", "missing", "ignore"] = "notBreaching"


@dataclass(frozen=True)
class Quota:
    """A quota of the AWS account on which a kind draws; all platforms of the account share it."""

    name: str  # kebab-case, unique compiler-wide
    summary: str  # one sentence: what happens when it is used up
    usage: Metric  # of `AWS/Usage`, with constant dimensions; CloudWatch knows the quota that belongs to it


def usage(service: str, resource: str, class_: str = "None") -> Metric:
    """How much of a resource the account uses.

    Source: CloudWatch user guide, "AWS usage metrics".
    """
    named = {"Service": service, "Type": "Resource", "Resource": resource, "Class": class_}
    dimensions = {key: f"={value}" for key, value in named.items()}
    return Metric("AWS/Usage", "ResourceCount", dimensions, "Maximum")


OLD_DEAD_LETTER = 3600  # seconds


def dead_letters(summary: str) -> tuple[Alarm, Alarm]:
    """The alarms of a component whose dead-letter queue is its attribute `dead_letter_name`."""

    def metric(name: str) -> Metric:
        return Metric("AWS/SQS", name, {"QueueName": "dead_letter_name"}, "Maximum")

    return (
        Alarm(
            "dead-letters", summary, 0, metric("ApproximateNumberOfMessagesVisible"), datapoints=1, periods=1
        ),
        Alarm(
            "old-dead-letters",
            "What was put aside has waited for more than an hour; handle it, or send it back.",
            OLD_DEAD_LETTER,
            metric("ApproximateAgeOfOldestMessage"),
            datapoints=1,
            periods=1,
        ),
    )


FEW = 20  # calls a minute, below which one failure says nothing of a rate


def percentage(part: str, whole: str) -> str:
    """The expression of how many percent of `whole` are `part`; 0 while there are too few to tell."""
    return f"IF({whole} >= {FEW}, 100 * FILL({part}, 0) / {whole}, 0)"
