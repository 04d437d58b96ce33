"""How the number of a database's readers follows their load: what users may write, and what cannot be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from compiler.kind import Problem, Record, about
from compiler.units import DURATION


class ReaderCooldown(Record):
    """How long to wait after one change of the number of readers before the next."""

    scale_in: Annotated[
        str,
        about("After taking readers away.", examples=["10m"], minimum="0s", maximum="1h", **DURATION),
    ] = msgspec.field(name="in", default="10m")
    scale_out: Annotated[
        str, about("After adding readers.", examples=["5m"], minimum="0s", maximum="1h", **DURATION)
    ] = msgspec.field(name="out", default="5m")


class ReaderScaling(Record, kw_only=True):
    """How many readers there are, by their load; without any target, 60 % of CPU."""

    max: Annotated[
        int, about("The most readers, with those of `readers`, which always stay.", examples=[4], ge=2, le=15)
    ]
    cpu_percentage: (
        Annotated[
            int, about("The CPU use to keep to, averaged over all readers.", examples=[60], ge=1, le=100)
        ]
        | None
    ) = None
    connections: (
        Annotated[
            int,
            about("The connections to keep to, averaged over all readers.", examples=[500], ge=1, le=5000),
        ]
        | None
    ) = None
    cooldown: Annotated[
        ReaderCooldown,
        about(
            "How long to wait after one change before the next.",
            examples=[{"in": "10m", "out": "5m"}],
        ),
    ] = ReaderCooldown()


def reader_problems(scaling: ReaderScaling, readers: int, most_connections: int) -> Iterable[Problem]:
    """No reader to begin with, none that could be added, and a target that is never reached."""
    if not readers:
        message = "readers are added beside one that is always there; write `readers: 1` or more"
        yield Problem(("reader_scaling",), "E210", message)
    elif scaling.max <= readers:
        message = f"'max: {scaling.max}' leaves none to add to 'readers: {readers}'; raise 'max'"
        yield Problem(("reader_scaling", "max"), "E210", message)
    if scaling.connections and scaling.connections >= most_connections:
        message = (
            f"a reader takes {most_connections:,} connections at its most capacity, so an average of "
            f"{scaling.connections:,} is not reached; write fewer, or raise the capacity's 'max'"
        )
        yield Problem(("reader_scaling", "connections"), "E210", message)
