"""Alarms, dashboards, logs and traces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compiler.cost.charge import GB, Charges, monthly, used
from compiler.cost.subject import Resource

MILLION = 1e6
HIGH_RESOLUTION = 60  # seconds: an alarm that looks more often costs more


def alarm(resource: Resource) -> Charges:
    """By the metrics it reads: one, or those of its expression; three for one that finds anomalies."""
    if resource.get("ThresholdMetricId") is not None:
        yield monthly("anomaly alarm", "cw.alarm.anomaly")
        return
    metrics = [each for each in resource.get("Metrics", default=()) if "MetricStat" in each]
    quick = any(period < HIGH_RESOLUTION for period in _periods(resource, metrics))
    price = "cw.alarm.high_resolution" if quick else "cw.alarm"
    yield monthly("alarm", price, max(1, len(metrics)))


def composite(resource: Resource) -> Charges:
    """However many alarms it combines."""
    yield monthly("composite alarm", "cw.alarm.composite")


def dashboard(resource: Resource) -> Charges:
    """The first three of an account are free; whether these are they cannot be told, so each counts."""
    yield monthly("dashboard", "cw.dashboard")


def log_group(resource: Resource) -> Charges:
    """What it takes in and keeps: its part of what was declared for all log groups together."""
    rare = ".ia" if resource.text("LogGroupClass") == "INFREQUENT_ACCESS" else ""
    taken, kept = (_part(resource, key) for key in ("ingested", "kept"))
    yield used("log events taken in", f"cw.logs.ingest{rare}", taken, "ingested", GB, teller=LOGS)
    yield used("log events kept", "cw.logs.store", kept, "kept", GB, teller=LOGS)


def traces(resource: Resource) -> Charges:
    """Traces that are recorded; the first 100,000 of an account are free, and count here."""
    yield used("recorded traces", "xray.traces", resource.share("traces"), "traces", MILLION)


def _part(resource: Resource, key: str) -> float | None:
    """An even part of what the platform's logs section declares."""
    declared = resource.whole.assembly.usage.get(LOGS, {}).get(key)
    return declared and declared / len(list(resource.whole.of(resource.type)))


LOGS = "logs"  # the component that speaks for all log groups


def _periods(resource: Resource, metrics: Iterable[Mapping[str, Any]]) -> Iterable[float]:
    if resource.get("Period") is not None:
        yield resource.number("Period")
    for each in metrics:
        yield float(each["MetricStat"].get("Period", HIGH_RESOLUTION))


PRICERS = {
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::CloudWatch::CompositeAlarm": composite,
    "AWS::CloudWatch::Dashboard": dashboard,
    "AWS::Logs::LogGroup": log_group,
    "AWS::XRay::SamplingRule": traces,
}
