"""Who approves what: --approve, a file of approvals, or somebody at the terminal, each change by its name."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compiler.commands.files import content_of
from compiler.commands.reviewing import at_terminal, confirm
from compiler.deploy.errors import RefusedError
from compiler.diagnostics import SpecError, suggest
from compiler.document import Document, load
from compiler.exits import UserError
from compiler.review import approvals
from compiler.review.approvals import Named
from compiler.review.changes import ChangePlan

_KEYS = ("change", "reason", "by")
_SHAPE = "write `approvals:` and a list of {change: STACK/LOGICAL_ID, reason: ..., by: ...}"
_FLAG = "--approve"


def approval_options(parser: argparse.ArgumentParser) -> None:
    """--yes, --approve, --approvals."""
    parser.add_argument("--yes", action="store_true", help="do not ask; risky changes still need approval")
    parser.add_argument(
        _FLAG,
        metavar="ID",
        action="append",
        default=[],
        help="approve a risky change: STACK/LOGICAL_ID, or LOGICAL_ID where only one stack has it",
    )
    parser.add_argument("--approvals", metavar="FILE", help="approve those that a YAML or JSON file lists")


@dataclass(frozen=True)
class Approval:
    """One change that somebody approves; `where` is what says so."""

    change: str
    where: str
    reason: str = ""
    by: str = ""


def approvals_given(options: argparse.Namespace) -> tuple[Approval, ...]:
    """Those of the command line and those of the file that it names; UserError when that is not right."""
    listed = () if options.approvals is None else read_approvals(options.approvals)
    return (*listed, *(Approval(name, _FLAG) for name in options.approve))


def require_approval(plan: ChangePlan, given: Sequence[Approval], *, ask: bool) -> frozenset[str]:
    """The ids of the changes that are approved.

    RefusedError unless every change that may lose data, identity or safety is approved by its name.
    An approval that names nothing in the plan is refused too: it was meant for something else. With `ask`,
    somebody at a terminal is asked for each change that nobody has approved.
    """
    approved = {_id(plan, approval) for approval in given}
    left = [named for named in approvals.needed(plan) if named.id not in approved]
    if left and ask and at_terminal():
        for named in left:
            confirm(f"Approve {_told(named)}?", named.change.logical_id)
        approved |= {named.id for named in left}
    elif left:
        words = " ".join(f"{_FLAG} {named.id}" for named in left)
        raise RefusedError(
            f"these changes need approval by name: {_listed(left)}", f"if you mean them, add {words}"
        )
    return frozenset(approved)


def read_approvals(path: str) -> tuple[Approval, ...]:
    """The approvals in a file; UserError, with the place, when it is not right."""
    content = content_of(path)
    if content is None:
        raise UserError(f"no such file: {path}; check the name given with --approvals")
    try:
        document = load(content, path)
    except SpecError as error:
        first = error.diagnostics[0]
        said = f"holds no approvals; {_SHAPE}" if first.code == "E005" else first.message
        raise UserError(f"{first.position} {said}") from error
    _check_keys(document, (), document.data, ("approvals",))
    entries = document.data["approvals"]
    if not isinstance(entries, list):
        raise UserError(f"{document.position(('approvals',))} `approvals` is not a list; {_SHAPE}")
    return tuple(_approval(document, index, entry) for index, entry in enumerate(entries))


def _approval(document: Document, index: int, entry: Any) -> Approval:
    path = ("approvals", index)
    if not isinstance(entry, Mapping):
        raise UserError(
            f"{document.value_position(path)} an approval is a mapping, not {_kind(entry)}; {_SHAPE}"
        )
    _check_keys(document, path, entry, _KEYS)
    for key in _KEYS:
        if not isinstance(entry[key], str) or not entry[key].strip():
            place = document.value_position((*path, key))
            raise UserError(f"{place} `{key}` is a text, not {_kind(entry[key])}; {_SHAPE}")
    return Approval(where=str(document.value_position((*path, "change"))), **entry)


def _check_keys(
    document: Document, path: tuple[str | int, ...], found: Mapping[str, Any], keys: tuple[str, ...]
) -> None:
    """UserError unless a mapping has just these keys."""
    for key in found:
        if key not in keys:
            place = document.position((*path, key))
            raise UserError(f"{place} '{key}' is not a key here{suggest(str(key), keys)}; {_SHAPE}")
    if lacking := [key for key in keys if key not in found]:
        raise UserError(f"{document.value_position(path)} `{lacking[0]}` is missing; {_SHAPE}")


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "an empty one" if not value.strip() else f"'{value}'"
    return {list: "a list", dict: "a mapping", type(None): "nothing"}.get(type(value), repr(value))


def _id(plan: ChangePlan, approval: Approval) -> str:
    """The change that is meant; RefusedError when that is none, or one of several."""
    name, where = approval.change, approval.where
    found = approvals.meant(plan, name)
    if len(found) > 1:
        raise RefusedError(
            f"'{name}', which {where} names, is in {len(found)} stacks", f"say which: {', '.join(found)}"
        )
    if found:
        return found[0]
    risky = approvals.needed(plan)
    needed = f"what needs approval is: {_listed(risky)}" if risky else "no change needs approval"
    hint = suggest(name, approvals.names(risky))
    raise RefusedError(f"this plan changes no {name}, which {where} names", f"leave it out; {needed}{hint}")


def _listed(changes: Sequence[Named]) -> str:
    return "; ".join(f"{named.id} ({named.change.risk})" for named in changes)


def _told(named: Named) -> str:
    change = named.change
    return f"{named.id} ({change.risk}: {change.action} {change.type})"
