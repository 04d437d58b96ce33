"""How the capacity of a table and of its indexes follows their load."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import Join, Ref
from troposphere import applicationautoscaling as scaling

from compiler import names
from compiler.kinds.table.spec import TableCapacity, TableThroughput
from compiler.scope import Scope
from compiler.units import percent

PATH = ("capacity",)


def add_scaling(scope: Scope, capacities: Mapping[str, TableCapacity]) -> None:
    """Adds the limits and a policy for reads and writes, of the table (its name is "") and each index."""
    for index, capacity in capacities.items():
        _add(scope, index, "Read", capacity.read)
        _add(scope, index, "Write", capacity.write)


def _add(scope: Scope, index: str, way: str, units: TableThroughput) -> None:
    part = f"{names.pascal(index)}{way}"
    target = scope.add(
        scaling.ScalableTarget(
            scope.id(f"{part}Capacity"),
            ServiceNamespace="dynamodb",
            ScalableDimension=f"dynamodb:{'index' if index else 'table'}:{way}CapacityUnits",
            ResourceId=_resource(scope, index),
            MinCapacity=units.min,
            MaxCapacity=units.max,
        ),
        path=PATH,
    )
    scope.add(
        scaling.ScalingPolicy(
            scope.id(f"{part}Scaling"),
            PolicyName=scope.physical(*([index] if index else []), way.lower(), limit=256),
            PolicyType="TargetTrackingScaling",
            ScalingTargetId=Ref(target),
            TargetTrackingScalingPolicyConfiguration=_tracking(way, units),
        ),
        path=PATH,
    )


def _resource(scope: Scope, index: str) -> Any:
    table = Ref(scope.id("Table"))
    return Join("/", ["table", table, *(["index", index] if index else [])])


def _tracking(way: str, units: TableThroughput) -> scaling.TargetTrackingScalingPolicyConfiguration:
    return scaling.TargetTrackingScalingPolicyConfiguration(
        TargetValue=percent(units.utilization),
        PredefinedMetricSpecification=scaling.PredefinedMetricSpecification(
            PredefinedMetricType=f"DynamoDB{way}CapacityUtilization"
        ),
    )
