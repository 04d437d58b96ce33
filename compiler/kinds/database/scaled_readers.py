"""Database with `reader_scaling` -> Application Auto Scaling of its readers."""

from __future__ import annotations

from collections.abc import Sequence

from troposphere import Ref, Sub, rds
from troposphere import applicationautoscaling as scaling

from compiler import names
from compiler.kinds.database.reader_scaling import ReaderScaling
from compiler.scope import Scope
from compiler.units import seconds

CPU_PERCENTAGE = 60  # when the spec names no target
PATH = ("reader_scaling",)


def add_reader_scaling(
    wanted: ReaderScaling, scope: Scope, cluster: rds.DBCluster, readers: Sequence[str]
) -> None:
    """Adds the limits, and a policy for each target; the one that asks for most readers wins.

    `readers` are the logical ids of those in the template: deleted after this, so that nothing adds readers
    to a cluster that goes.
    """
    target = scope.add(
        scaling.ScalableTarget(
            scope.id("ReaderTarget"),
            DependsOn=list(readers),
            ServiceNamespace="rds",
            ScalableDimension="rds:cluster:ReadReplicaCount",
            ResourceId=Sub("cluster:${Cluster}", Cluster=Ref(cluster)),
            MinCapacity=len(readers),
            MaxCapacity=wanted.max,
        ),
        path=PATH,
    )
    chosen = {
        "cpu": ("RDSReaderAverageCPUUtilization", wanted.cpu_percentage),
        "connections": ("RDSReaderAverageDatabaseConnections", wanted.connections),
    }
    found = {name: (metric, value) for name, (metric, value) in chosen.items() if value}
    for name, (metric, value) in (found or {"cpu": (chosen["cpu"][0], CPU_PERCENTAGE)}).items():
        followed = scaling.PredefinedMetricSpecification(PredefinedMetricType=metric)
        scope.add(
            scaling.ScalingPolicy(
                scope.id(f"ScaleReadersBy{names.pascal(name)}"),
                PolicyName=scope.physical("readers", name, limit=256),
                PolicyType="TargetTrackingScaling",
                ScalingTargetId=Ref(target),
                TargetTrackingScalingPolicyConfiguration=scaling.TargetTrackingScalingPolicyConfiguration(
                    TargetValue=value,
                    ScaleInCooldown=seconds(wanted.cooldown.scale_in),
                    ScaleOutCooldown=seconds(wanted.cooldown.scale_out),
                    PredefinedMetricSpecification=followed,
                ),
            ),
            path=PATH,
        )
