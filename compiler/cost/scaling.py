"""Application Auto Scaling: between which numbers a resource scales."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compiler.cost.estimate import Range, exactly
from compiler.cost.subject import Resource

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"


def scaled(resource: Resource, dimension: str, written: float, index: str = "") -> Range:
    """What a dimension may be: the scaling range with its least as expected, or just what is written.

    `index` is the one of a table's that scales; all of them name the table.
    """
    target = _target(resource, dimension, index)
    if target is None:
        return exactly(written)
    least = target.number("MinCapacity")
    return Range(least, least, max(least, target.number("MaxCapacity")))


def _target(resource: Resource, dimension: str, index: str) -> Resource | None:
    named = (each for each in resource.users(TARGET, "ResourceId") if _ends(each, index))
    return next((each for each in named if each.text("ScalableDimension") == dimension), None)


def _ends(target: Resource, index: str) -> bool:
    """Whether what scales is the index, as far as its id is written as text."""
    written: Any = target.body["Properties"]["ResourceId"]
    while isinstance(written, Mapping):
        written = next(iter(written.values()), "")
        if isinstance(written, list):
            # Of a Join the last of what is joined; of a Sub with variables the text.
            written = written[1][-1] if isinstance(written[1], list) else written[0]
    return not index or str(written).rpartition("/")[2] == index
