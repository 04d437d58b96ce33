"""How the spec names topics for alarms that exist already."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Record, about

TOPIC = {"pattern": "^[A-Za-z0-9_-]{1,256}$", "form": "the name of an SNS topic that is not fifo"}


Enabled = Annotated[
    bool,
    about(
        "Whether alarms notify anybody; they exist and change state all the same.",
        examples=[True],
        profiles={"production": True},
    ),
]


class ExistingTopics(Record, kw_only=True):
    """Topics of the platform's account and region, of which one may be both.

    Their policies admit CloudWatch, and that of `warning` EventBridge too.
    """

    critical: Annotated[str, about("The topic of what must wake somebody.", examples=["oncall"], **TOPIC)]
    warning: Annotated[str, about("The topic of what can wait.", examples=["operations"], **TOPIC)]
    enabled: Enabled = False
