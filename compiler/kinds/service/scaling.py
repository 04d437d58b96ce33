"""How the number of a service's tasks follows its load."""

from __future__ import annotations

from typing import Any

from troposphere import GetAtt, Join, Ref
from troposphere import applicationautoscaling as scaling

from compiler import names
from compiler.kinds.service.count import ServiceCount
from compiler.kinds.service.lag import milliseconds
from compiler.scope import Scope
from compiler.units import seconds

CPU_PERCENTAGE = 70  # when the spec names no target, or a lag alone, which says nothing once it is gone
MOST_AT_ONCE = 2


def add_scaling(scope: Scope, count: ServiceCount) -> None:
    """Adds the limits, and a policy for each target; the one that asks for most tasks wins."""
    scope.add(
        scaling.ScalableTarget(
            scope.id("ScalableTarget"),
            ServiceNamespace="ecs",
            ScalableDimension="ecs:service:DesiredCount",
            ResourceId=Join(
                "/", ["service", scope.value("cluster", "name"), GetAtt(scope.id("Service"), "Name")]
            ),
            MinCapacity=count.min,
            MaxCapacity=count.max,
        ),
        path=("count",),
    )
    chosen = {
        "cpu": ("ECSServiceAverageCPUUtilization", count.cpu_percentage),
        "memory": ("ECSServiceAverageMemoryUtilization", count.memory_percentage),
        "requests": ("ALBRequestCountPerTarget", count.requests),
    }
    wanted = {name: (metric, value) for name, (metric, value) in chosen.items() if value}
    for name, (metric, value) in (wanted or {"cpu": (chosen["cpu"][0], CPU_PERCENTAGE)}).items():
        specification = scaling.PredefinedMetricSpecification(
            PredefinedMetricType=metric, **(_label(scope) if name == "requests" else {})
        )
        _policy(scope, count, name, value, PredefinedMetricSpecification=specification)
    if count.stream_lag:
        goal = milliseconds(count.stream_lag, scope.platform)
        specification = _lag(scope, count.stream_lag.stream, goal)
        _policy(scope, count, "stream-lag", goal, CustomizedMetricSpecification=specification)


def _policy(scope: Scope, count: ServiceCount, name: str, value: int | None, **followed: Any) -> None:
    scope.add(
        scaling.ScalingPolicy(
            scope.id(f"ScaleBy{names.pascal(name)}"),
            PolicyName=scope.physical(name, limit=256),
            PolicyType="TargetTrackingScaling",
            ScalingTargetId=Ref(scope.id("ScalableTarget")),
            TargetTrackingScalingPolicyConfiguration=scaling.TargetTrackingScalingPolicyConfiguration(
                TargetValue=value,
                ScaleInCooldown=seconds(count.cooldown.scale_in),
                ScaleOutCooldown=seconds(count.cooldown.scale_out),
                **followed,
            ),
        ),
        path=("count",),
    )


def _label(scope: Scope) -> dict[str, Any]:
    """Whose requests are counted. Source: Application Auto Scaling API, "PredefinedMetricSpecification"."""
    balancer = scope.value("load_balancer", "full_name")
    return {
        "ResourceLabel": Join("/", [balancer, scope.value(scope.component.name, "target_group_full_name")])
    }


def _lag(scope: Scope, stream: str, goal: int) -> scaling.CustomizedMetricSpecification:
    """The age of the oldest unread record, which at most doubles the tasks at a time.

    An hour behind is not a matter of 3600 times the tasks, and target tracking would take it for that.
    """
    name = scaling.TargetTrackingMetricDimension(Name="StreamName", Value=scope.value(stream, "name"))
    age = scaling.TargetTrackingMetric(
        Namespace="AWS/Kinesis", MetricName="GetRecords.IteratorAgeMilliseconds", Dimensions=[name]
    )
    query = scaling.TargetTrackingMetricDataQuery
    most = MOST_AT_ONCE * goal
    return scaling.CustomizedMetricSpecification(
        Metrics=[
            query(
                Id="age",
                MetricStat=scaling.TargetTrackingMetricStat(Metric=age, Stat="Maximum"),
                ReturnData=False,
            ),
            query(Id="lag", Expression=f"IF(age > {most}, {most}, age)", Label="lag", ReturnData=True),
        ]
    )
