"""F154: a capacity that Aurora Serverless v2 does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compiler.lint.subject import Hit, Subject, mapping, number

ID = "F154"
SEVERITY = "error"
SUMMARY = "an Aurora Serverless v2 capacity is off the grid or upside down"
WHY = "RDS refuses the cluster, after the minutes that it takes to get there."
FIX = (
    "Use steps of 0.5 up to 256, a maximum of at least 1, and a pause of 300 to 86400 s with minimum 0 only."
)
SOURCE = "RDS API reference, ServerlessV2ScalingConfiguration, 2026"

STEP, HIGHEST, LOWEST_MAXIMUM = 0.5, 256, 1
PAUSE = range(300, 86401)
PROPERTY = "ServerlessV2ScalingConfiguration"


def check(subject: Subject) -> Iterator[Hit]:
    """Each value that does not fit; functions are left to CloudFormation."""
    for resource in subject.of("AWS::RDS::DBCluster"):
        for name, message in _faults(mapping(resource.properties.get(PROPERTY))):
            yield resource.hit(message, PROPERTY, name)


def _faults(scaling: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    low, high = number(scaling.get("MinCapacity")), number(scaling.get("MaxCapacity"))
    for name, value in (("MinCapacity", low), ("MaxCapacity", high)):
        if value is not None and (value % STEP or not 0 <= value <= HIGHEST):
            yield name, f"{value:g} ACU is not a step of {STEP} from 0 to {HIGHEST}"
    if high is not None and high < LOWEST_MAXIMUM:
        yield "MaxCapacity", f"{high:g} ACU is less than the lowest maximum, {LOWEST_MAXIMUM}"
    if low is not None and high is not None and low > high:
        yield "MinCapacity", f"{low:g} ACU is more than the maximum, {high:g}"
    yield from _pause(scaling, low)


def _pause(scaling: Mapping[str, Any], low: float | None) -> Iterator[tuple[str, str]]:
    name = "SecondsUntilAutoPause"
    pause = number(scaling.get(name))
    if pause is not None and pause not in PAUSE:
        yield name, f"{pause:g} seconds is not between {PAUSE[0]} and {PAUSE[-1]}"
    if pause is not None and low:
        yield name, f"only a cluster whose minimum is 0 can pause, not one of {low:g} ACU"
