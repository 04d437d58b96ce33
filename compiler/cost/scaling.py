"""Application Auto Scaling: between which numbers a resource scales."""

from __future__ import annotations

from compiler.cost.estimate import Range, exactly
from compiler.cost.subject import Resource

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"


def target_of(resource: Resource, dimension: str) -> Resource | None:
    """The scalable target of a resource's dimension, if it scales."""
    found = (each for each in resource.users(TARGET, "ResourceId"))
    return next((each for each in found if each.text("ScalableDimension") == dimension), None)


def scaled(resource: Resource, dimension: str, written: float) -> Range:
    """What a dimension may be: the scaling range with its least as expected, or just what is written."""
    target = target_of(resource, dimension)
    if target is None:
        return exactly(written)
    least = target.number("MinCapacity")
    return Range(least, least, max(least, target.number("MaxCapacity")))
