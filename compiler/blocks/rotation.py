"""What users may write of rotation, and how a failed one is noticed. No CloudFormation shapes in here."""

from __future__ import annotations

from typing import Annotated

from compiler.alarm import Alarm, Metric
from compiler.kind import Record, about
from compiler.units import WHOLE_DAYS

# The attribute with the name of the function that rotates for a component.
FUNCTION_NAME = "rotation_function_name"


class Rotation(Record):
    """How often a value is replaced by a new one."""

    every: Annotated[
        str,
        about(
            "How many days a value is used before it is replaced.",
            examples=["30d"],
            # Source: Secrets Manager API reference, "RotationRulesType", 2026.
            minimum="1d",
            maximum="1000d",
            **WHOLE_DAYS,
        ),
    ] = "30d"


def days(rotation: Rotation) -> int:
    """`30d` -> 30."""
    return int(rotation.every.removesuffix("d"))


def failed() -> Alarm:
    """Rings at the first failure: the service tries again, but somebody should know before the next one."""
    return Alarm(
        "rotation-errors",
        "A secret could not be rotated; consumers go on with the value they have.",
        0,
        Metric("AWS/Lambda", "Errors", {"FunctionName": FUNCTION_NAME}),
        datapoints=1,
        periods=1,
    )
