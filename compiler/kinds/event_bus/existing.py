"""How the spec names an event bus that exists already."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Record, about


class ExistingEventBus(Record, kw_only=True):
    """An event bus of the platform's account and region; `default` is the one that AWS services send to."""

    name: Annotated[
        str,
        about(
            "The bus's name.",
            examples=["default"],
            pattern="^[A-Za-z0-9_.-]{1,256}$",
            form="the name of an event bus",
        ),
    ]
