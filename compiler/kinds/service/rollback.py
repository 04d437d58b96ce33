"""The alarms that watch a deployment, as data; they live beside the service, for it names them."""

from __future__ import annotations

from compiler.alarm import Alarm, Metric, percentage
from compiler.kinds.service.http import ServiceHttp
from compiler.kinds.service.spec import Service
from compiler.kinds.service.strategy import over_both, shifts
from compiler.kinds.service.watching import SERVICE, TARGETS
from compiler.units import percent, seconds

# Percent of CPU or memory; above the alarms of the running service, which a busy day may reach as well.
EXHAUSTED = 95


def alarms(spec: Service) -> tuple[Alarm, ...]:
    """What a deployment is watched for: its answers, or how much its tasks take where they answer nobody."""
    if spec.http is None:
        return (_exhausted("cpu", "CPUUtilization"), _exhausted("memory", "MemoryUtilization"))
    watched = (_errors(percent(spec.deployment.error_rate)), _unhealthy(spec.http))
    return tuple(map(over_both, watched)) if shifts(spec) else watched


def _exhausted(what: str, metric: str) -> Alarm:
    return Alarm(
        f"deployment-{what}",
        f"The tasks have no {what} left; a version being deployed is taken back.",
        EXHAUSTED,
        Metric("AWS/ECS", metric, SERVICE, "Average"),
        datapoints=3,
        periods=3,
    )


def _errors(rate: float) -> Alarm:
    def metric(name: str) -> Metric:
        return Metric("AWS/ApplicationELB", name, TARGETS)

    return Alarm(
        "deployment-errors",
        "Too many requests are answered with an error (5xx); a version being deployed is taken back.",
        rate,
        metrics={"errors": metric("HTTPCode_Target_5XX_Count"), "total": metric("RequestCount")},
        expression=percentage("errors", "total"),
        datapoints=2,
        periods=3,
    )


def _unhealthy(http: ServiceHttp) -> Alarm:
    # A new task may be unwell for its grace period.
    minutes = -(-seconds(http.health_check.grace_period) // 60) + 2
    return Alarm(
        "deployment-unhealthy",
        "A task keeps failing the load balancer's health check; a version being deployed is taken back.",
        0,
        Metric("AWS/ApplicationELB", "UnHealthyHostCount", TARGETS, "Maximum"),
        datapoints=minutes,
        periods=minutes,
    )
