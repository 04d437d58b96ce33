"""How the spec names a function that exists already."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Record, about


class ExistingFunction(Record, kw_only=True):
    """A function of the platform's account and region, called without a version or an alias."""

    name: Annotated[
        str,
        about(
            "The function's name.",
            examples=["price-list"],
            pattern="^[A-Za-z0-9_-]{1,64}$",
            form="the name of a Lambda function",
        ),
    ]
