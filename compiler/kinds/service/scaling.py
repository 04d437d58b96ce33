"""How the number of a service's tasks follows its load."""

from __future__ import annotations

from typing import Any

from troposphere import GetAtt, Join, Ref
from troposphere import applicationautoscaling as scaling

from compiler import names
from compiler.kinds.service.count import ServiceCount
from compiler.scope import Scope
from compiler.units import seconds

CPU_PERCENTAGE = 70  # when the spec names no target at all


def add_scaling(scope: Scope, count: ServiceCount) -> None:
    """Adds the limits, and a policy for each target; the one that asks for most tasks wins."""
    target = scope.add(
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
        _policy(scope, count, Ref(target.title), name, metric, value)


def _policy(
    scope: Scope, count: ServiceCount, target: Ref, name: str, metric: str, value: int | None
) -> None:
    scope.add(
        scaling.ScalingPolicy(
            scope.id(f"ScaleBy{names.pascal(name)}"),
            PolicyName=scope.physical(name, limit=256),
            PolicyType="TargetTrackingScaling",
            ScalingTargetId=target,
            TargetTrackingScalingPolicyConfiguration=scaling.TargetTrackingScalingPolicyConfiguration(
                TargetValue=value,
                ScaleInCooldown=seconds(count.cooldown.scale_in),
                ScaleOutCooldown=seconds(count.cooldown.scale_out),
                PredefinedMetricSpecification=scaling.PredefinedMetricSpecification(
                    PredefinedMetricType=metric, **(_label(scope) if name == "requests" else {})
                ),
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
