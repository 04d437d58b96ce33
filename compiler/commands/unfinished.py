"""The note beside a plan's file while its change sets are made: a run that is killed leaves their mark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from compiler.commands.files import content_of, delete_file
from compiler.commands.plan_files import read_plan, write_plan
from compiler.deploy.errors import DeployError

if TYPE_CHECKING:
    from compiler.deploy.door import Aws
    from compiler.deploy.reviewed import Reviewed


def note_of(path: str) -> str:
    """Where the note is, for the file of a plan."""
    return f"{path}.unfinished"


def earlier_note(path: str) -> Reviewed | None:
    """What a killed run was making for this file; None when there is no note of one."""
    note = note_of(path)
    return None if content_of(note) is None else read_plan(note, to_run=False)


@contextmanager
def noted(path: str, begun: Reviewed, aws: Aws) -> Iterator[None]:
    """The note is there as long as the `with` block; it stays when the run is killed, or when it fails and
    cannot delete what it made.
    """
    write_plan(note_of(path), begun)
    try:
        yield
    except BaseException:
        with suppress(DeployError):  # why it failed matters more, and the note stays
            clear(path, aws)
        raise
    delete_file(note_of(path))


def clear(path: str, aws: Aws, kept: Reviewed | None = None) -> tuple[str, ...]:
    """Delete what a killed run made for this file, and its note; the names, as `discard` gives them.

    What the plan `kept` has is that plan's: the run was killed after its file was written.
    """
    from compiler.deploy import discard  # late, as all that deploying needs

    found = earlier_note(path)
    if found is None:
        return ()
    deleted = discard.discard(found, aws) if kept is None or kept.mark != found.mark else ()
    delete_file(note_of(path))
    return deleted
