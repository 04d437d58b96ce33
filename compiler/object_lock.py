"""What users may write of objects that cannot be deleted, in a bucket or in the archive of logs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from compiler.kind import Problem, Record, about
from compiler.model import Path
from compiler.units import DURATION, not_whole


class ObjectLock(Record):
    """How long a new version of an object can be neither deleted nor overwritten."""

    retention: Annotated[
        str,
        about(
            "How long, in whole days.",
            examples=["30d"],
            minimum="1d",
            maximum="36500d",
            **DURATION,
        ),
    ]
    mode: Annotated[
        Literal["governance", "compliance"],
        about(
            "Whether people with the right to may end it early, or nobody at all.",
            examples=["governance"],
        ),
    ] = "governance"
    i_understand: (
        Annotated[
            Literal["nobody_can_delete"],
            about(
                "For `compliance`: until its retention ends nobody can delete an object or the bucket, not "
                "even AWS, and everything is paid for until then.",
                examples=["nobody_can_delete"],
            ),
        ]
        | None
    ) = None


def lock_problems(lock: ObjectLock, path: Path) -> Iterable[Problem]:
    """A retention that S3 cannot count, and a lock for good that nobody has confirmed."""
    if message := not_whole(lock.retention, "d"):
        yield Problem((*path, "retention"), "E105", message)
    if lock.mode == "compliance" and not lock.i_understand:
        message = (
            f"nobody can delete these objects, or their bucket, for {lock.retention}, whatever happens; "
            "confirm it with `i_understand: nobody_can_delete`, or write `mode: governance`"
        )
        yield Problem((*path, "mode"), "E210", message)
    elif lock.mode == "governance" and lock.i_understand:
        message = "'i_understand' means nothing here: the mode is governance; remove 'i_understand'"
        yield Problem((*path, "i_understand"), "E210", message)
