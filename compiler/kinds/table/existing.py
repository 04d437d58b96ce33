"""How the spec names a table that exists already."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Existing, about


class ExistingTable(Existing, kw_only=True):
    """A table of the platform's account and region; its indexes can be read as well."""

    name: Annotated[
        str,
        about(
            "The table's name.",
            examples=["orders"],
            pattern="^[A-Za-z0-9_.-]{3,255}$",
            form="the name of a DynamoDB table",
        ),
    ]
    stream: (
        Annotated[
            str,
            about(
                "The last part of its stream's ARN, for functions that `consume` the changes.",
                examples=["2026-01-31T08:15:30.123"],
                pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}$",
                form="the label of a stream, such as 2026-01-31T08:15:30.123",
            ),
        ]
        | None
    ) = None
