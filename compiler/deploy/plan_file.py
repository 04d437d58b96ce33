"""A reviewed plan <-> the bytes of its file; one letter changed, and it is refused."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from compiler import __version__
from compiler.assembly import dumps, sha256
from compiler.deploy import bootstrap
from compiler.deploy.errors import RefusedError
from compiler.deploy.reviewed import Reviewed, assembly_sha256
from compiler.review.changes import key

FORMAT = 2  # of the file; goes up when an older Formwork would read a newer file wrongly
_AGAIN = "make it again with `formwork plan SPEC --env NAME --out FILE`"


def write(reviewed: Reviewed) -> bytes:
    """The file: JSON, sorted and indented, with the hash of all that is in it."""
    plan = msgspec.to_builtins(reviewed)
    return dumps({"formwork_plan": FORMAT, "plan": plan, "sha256": _hash(plan)}).encode()


def read(content: bytes, name: str, *, to_run: bool = True) -> Reviewed:
    """The plan in these bytes; RefusedError when they are not, letter for letter, what `write` wrote.

    With `to_run`, also when another version of Formwork made it, for that may understand it differently; what
    it left behind can be deleted all the same. The hash tells mistakes and damage, not malice: whoever can
    write the file can write the hash too.
    """
    data = _envelope(content, name)
    if data["formwork_plan"] != FORMAT:
        raise RefusedError(
            f"{name} is a plan of format {data['formwork_plan']}, and this Formwork ({__version__}) reads "
            f"format {FORMAT}",
            f"use the Formwork that made it, or {_AGAIN}",
        )
    plan = data.get("plan")
    if dumps(data).encode() != content or data.get("sha256") != _hash(plan):
        raise RefusedError(f"{name} was edited or damaged after it was written", f"undo that, or {_AGAIN}")
    if to_run:
        _check_tool(plan, name)
    reviewed = _decoded(plan, name)
    if to_run and assembly_sha256(reviewed.assembly) != reviewed.assembly_sha256:
        raise RefusedError(f"{name} does not hold the templates that it was made for", _AGAIN)
    if to_run and not _is_whole(reviewed):
        raise RefusedError(f"{name} does not say of each of its stacks what is to be done", _AGAIN)
    return reviewed


def _envelope(content: bytes, name: str) -> dict[str, Any]:
    try:
        data = json.loads(content.decode())
        dumps(data).encode()  # what JSON can spell but no text can hold, such as half a character
    except (ValueError, RecursionError) as error:
        end = "it is empty" if not content.strip() else str(error)
        raise RefusedError(f"{name} is not a plan, or only a part of one: {_plain(end)}", _AGAIN) from None
    if not isinstance(data, dict) or type(data.get("formwork_plan")) is not int:
        raise RefusedError(f"{name} is not a plan that `formwork plan --out` wrote", _AGAIN)
    return data


def _check_tool(plan: Any, name: str) -> None:
    tool = plan.get("tool") if isinstance(plan, dict) else None
    if tool != __version__:
        raise RefusedError(
            f"{name} was made by Formwork {tool}, and this is {__version__}: they may differ in what they do",
            f"use that version, or {_AGAIN}",
        )


def _decoded(plan: Any, name: str) -> Reviewed:
    try:
        return msgspec.convert(plan, Reviewed)
    except msgspec.ValidationError as error:
        raise RefusedError(f"{name} is not a plan of this version: {_plain(str(error))}", _AGAIN) from None


def _is_whole(reviewed: Reviewed) -> bool:
    """Whether its parts fit together: a stack that has no step would silently be left out."""
    own = [bootstrap.name(region) for region in bootstrap.needed(reviewed.assembly)]
    own += [stack.name for stack in reviewed.assembly.stacks]
    shown = [stack.key for stack in reviewed.plan.stacks]
    gone = [removal.seen.name for removal in reviewed.removals]
    steps = [step.key for step in reviewed.steps]
    twice = [step.stack for step in reviewed.steps if step.phase == "expand" and step.expanded]
    last = [key(name, "contract") for name in twice]
    return steps == own + last and shown == own + gone + last and reviewed.expires.tzinfo is not None


def _hash(plan: Any) -> str:
    return sha256(dumps(plan).encode())


def _plain(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}".rstrip(".")
