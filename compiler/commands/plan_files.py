"""The files of reviewed plans: read, and written so that only their owner can read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compiler.commands.files import content_of, write_file
from compiler.deploy.errors import RefusedError
from compiler.exits import UserError

if TYPE_CHECKING:
    from compiler.deploy.reviewed import Reviewed


def read_plan(path: str, *, to_run: bool = True) -> Reviewed:
    """The plan in a file; UserError when there is none, RefusedError when it is not as it was written.

    One that is only to be discarded may be of another version of Formwork.
    """
    from compiler.deploy import plan_file  # late, as all that deploying needs

    content = content_of(path)
    if content is None:
        raise UserError(f"no such file: {path}; write it with `formwork plan SPEC --env NAME --out {path}`")
    return plan_file.read(content, path, to_run=to_run)


def earlier_plan(path: str) -> Reviewed | None:
    """The plan that a new one is about to take the place of; UserError when it is something else."""
    if content_of(path) is None:
        return None
    try:
        return read_plan(path, to_run=False)
    except RefusedError as error:
        raise UserError(
            f"{path} is there and is no plan that can be replaced: {error.message}; choose another file with "
            "--out, or move it away"
        ) from error


def role_to_run(reviewed: Reviewed, given: str | None) -> str | None:
    """The role that the plan was made with; RefusedError when another one is given.

    Change sets keep theirs. Those that are made only on the way must not get another one, or none.
    """
    if given is None or given == reviewed.role_arn:
        return reviewed.role_arn
    made = f"with role {reviewed.role_arn}" if reviewed.role_arn else "without a role"
    raise RefusedError(
        f"the plan was made {made}, not with {given}",
        "leave out --role-arn, which the file knows, or plan again with the role that is meant",
    )


def write_plan(path: str, reviewed: Reviewed) -> None:
    """Atomic. Nothing in it is secret, but it says what is where, and what will be deployed: 0600."""
    from compiler.deploy import plan_file

    write_file(path, plan_file.write(reviewed), mode=0o600)
