"""How the spec names a queue that exists already."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Existing, about


class ExistingQueue(Existing, kw_only=True):
    """A queue of the platform's account and region; its owner sees to dead letters."""

    name: Annotated[
        str,
        about(
            "The queue's name.",
            examples=["invoices"],
            pattern=r"^([A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo)$",
            form="the name of an SQS queue",
        ),
    ]
