"""How the spec names a stream that exists already."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Existing, about


class ExistingStream(Existing, kw_only=True):
    """A stream of the platform's account and region."""

    name: Annotated[
        str,
        about(
            "The stream's name.",
            examples=["telemetry"],
            pattern="^[A-Za-z0-9_.-]{1,128}$",
            form="the name of a Kinesis stream",
        ),
    ]
