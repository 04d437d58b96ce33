"""The alarms of an API: errors and slowness."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from compiler.alarm import Alarm, Metric, percentage
from compiler.model import Component, Platform


def alarms(component: Component, platform: Platform) -> Iterable[Alarm]:
    """5xx and 4xx rates, latency, and how long what is behind the API takes."""
    yield _rate("server-errors", "More than 1 % of the requests end with a 5xx status.", 1, "5xx", "critical")
    yield _rate(
        "client-errors", "More than 10 % of the requests end with a 4xx status.", 10, "4xx", "warning"
    )
    yield Alarm(
        "latency",
        "One request in a hundred takes more than 2 seconds.",
        2000,
        _metric("Latency", "p99"),
    )
    yield Alarm(
        "integration-latency",
        "One request in twenty waits more than 1.5 seconds for the function or service behind the API.",
        1500,
        _metric("IntegrationLatency", "p95"),
    )


def _rate(
    name: str, summary: str, percent: int, metric: str, severity: Literal["critical", "warning"]
) -> Alarm:
    return Alarm(
        name,
        summary,
        percent,
        metrics={"errors": _metric(metric), "requests": _metric("Count")},
        expression=percentage("errors", "requests"),
        severity=severity,
    )


def _metric(name: str, statistic: str = "Sum") -> Metric:
    return Metric("AWS/ApiGateway", name, {"ApiId": "id", "Stage": "=$default"}, statistic)
