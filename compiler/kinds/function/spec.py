"""What users may write of a function's schedule, its published version and its layers."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from compiler.blocks.schedule import Schedule
from compiler.kind import Record, about

MOST_LAYERS = 5  # Source: Lambda developer guide, "Lambda quotas", 2026
LAYER_NAME = "[A-Za-z0-9_-]{1,140}"
LAYER = f"^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{{12}}:layer:{LAYER_NAME}:[1-9][0-9]*$"


Value = Annotated[Any, msgspec.Meta(description="Any value, as deep as it is.")]


class FunctionSchedule(Schedule, kw_only=True):
    """When the function is called, and with what."""

    input: (
        Annotated[
            dict[str, Value],
            about("The event that the function is called with.", examples=[{"report": "daily"}]),
        ]
        | None
    ) = None


class FunctionLayer(Record):
    """A layer of the account that is deployed to."""

    name: Annotated[
        str,
        about(
            "The layer's name.",
            examples=["shared-libraries"],
            pattern=f"^{LAYER_NAME}$",
            form="the name of a layer: letters, digits, - and _",
        ),
    ]
    version: Annotated[int, about("The layer's version.", examples=[3], ge=1, le=1_000_000)]


LayerArn = Annotated[
    str,
    msgspec.Meta(
        pattern=LAYER,
        extra_json_schema={"x-form": "the ARN of a layer's version, or its name and version"},
    ),
]


def schedule_of(written: str | FunctionSchedule | None) -> FunctionSchedule | None:
    """A schedule in its long form."""
    return FunctionSchedule(expression=written) if isinstance(written, str) else written
