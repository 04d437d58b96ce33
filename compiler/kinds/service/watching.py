"""What a service is watched for."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.alarm import Alarm, Metric, percentage
from compiler.kinds.service.spec import Service
from compiler.kinds.service.strategy import over_both, shifts
from compiler.model import Component, Platform

SERVICE = {"ClusterName": "cluster.name", "ServiceName": "name"}
TARGETS = {"LoadBalancer": "load_balancer.full_name", "TargetGroup": "target_group_full_name"}


def alarms(component: Component, platform: Platform) -> Iterable[Alarm]:
    """The load of its tasks, and with `http` how it answers."""
    spec = component.spec
    assert isinstance(spec, Service)
    yield _load("high-cpu", "The tasks are short of CPU.", "CPUUtilization")
    yield _load(
        "high-memory", "The tasks are short of memory, and will be killed without it.", "MemoryUtilization"
    )
    # Only Container Insights count tasks.
    if _insights(platform.components["cluster"]) != "none":
        yield _missing_tasks()
    if spec.http:
        yield from map(over_both, _answers(spec)) if shifts(spec) else _answers(spec)


def _insights(cluster: Component) -> str:
    """What the cluster collects, whether it is made here or exists already.

    A kind does not import another; that both say so in this word is part of the spec.
    """
    said = getattr(cluster.spec, "existing", None) or cluster.spec
    found: str = getattr(said, "container_insights", "none")
    return found


def _load(name: str, summary: str, metric: str) -> Alarm:
    return Alarm(name, summary, 85, Metric("AWS/ECS", metric, SERVICE, "Average"), datapoints=5)


def _missing_tasks() -> Alarm:
    def metric(name: str) -> Metric:
        return Metric("ECS/ContainerInsights", name, SERVICE, "Average")

    return Alarm(
        "missing-tasks",
        "Fewer tasks run than should: they cannot start, or keep dying.",
        0,
        metrics={"desired": metric("DesiredTaskCount"), "running": metric("RunningTaskCount")},
        expression="desired - running",
        datapoints=5,
        severity="critical",
        missing="breaching",
    )


def _answers(spec: Service) -> Iterable[Alarm]:
    def metric(name: str, statistic: str = "Sum") -> Metric:
        return Metric("AWS/ApplicationELB", name, TARGETS, statistic)

    yield Alarm(
        "error-rate",
        "More than one request in a hundred is answered with an error (5xx).",
        1,
        metrics={"errors": metric("HTTPCode_Target_5XX_Count"), "total": metric("RequestCount")},
        expression=percentage("errors", "total"),
        severity="critical",
    )
    yield Alarm(
        "no-healthy-hosts",
        "No task passes the load balancer's health check: nobody is answered.",
        1,
        metric("HealthyHostCount", "Minimum"),
        comparison="<",
        severity="critical",
        missing="breaching",
    )
    least = spec.count if isinstance(spec.count, int) else spec.count.min
    if least > 1:
        yield Alarm(
            "few-healthy-hosts",
            f"Fewer than {least} tasks pass the load balancer's health check.",
            least,
            metric("HealthyHostCount", "Minimum"),
            comparison="<",
            missing="breaching",
        )
    yield Alarm(
        "unhealthy-hosts",
        "A task fails the load balancer's health check.",
        0,
        metric("UnHealthyHostCount", "Maximum"),
    )
    yield Alarm(
        "slow-responses",
        "One request in a hundred takes longer than a second.",
        1,  # the metric counts seconds
        metric("TargetResponseTime", "p99"),
    )
