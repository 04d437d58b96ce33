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


FEW = 20  # calls a minute, below which one failure says nothing of a rate


def percentage(part: str, whole: str) -> str:
    """The expression of how many percent of `whole` are `part`; 0 while there are too few to tell."""
    return f"IF({whole} >= {FEW}, 100 * FILL({part}, 0) / {whole}, 0)"
