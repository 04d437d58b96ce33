"""Which stacks may be deployed in express mode: those where only configuration changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from compiler.assembly import Assembly
from compiler.deploy.errors import RefusedError
from compiler.deploy.prepared import Draft
from compiler.deploy.records import ChangeSet
from compiler.review.changes import Action, StackChanges

_REPLACING: frozenset[Action] = frozenset({"replace", "may-replace"})
_REPLACEMENTS = ("True", "Conditional")  # in a described change set


def check(assembly: Assembly) -> None:
    """RefusedError in production: an operation that ends before all of it works has no place there."""
    if assembly.profile == "production":
        raise RefusedError(
            f"environment '{assembly.environment}' is production, which is never deployed in express mode",
            "leave out --express",
        )


def drafted(assembly: Assembly, drafts: Iterable[Draft], foreseen: Mapping[str, StackChanges]) -> list[Draft]:
    """The drafts, in express mode where what the templates say lets them be."""
    return [_drafted(each, _obstacle(assembly, each, foreseen)) for each in drafts]


def reverted(drafts: Iterable[Draft], made: Mapping[str, ChangeSet | None]) -> list[Draft]:
    """The same; those whose change set replaces something after all are in standard mode again."""
    return [
        _drafted(each, "its change set replaces") if each.express and _replaces(made, each) else each
        for each in drafts
    ]


def note(draft: Draft) -> str:
    """What is told of a stack's mode; nothing where nobody asked for express mode."""
    if draft.express:
        return "express mode: it ends when the configuration is applied; Formwork then waits until all works"
    return f"standard mode all the same: {draft.obstacle}" if draft.obstacle else ""


def _drafted(draft: Draft, obstacle: str) -> Draft:
    return replace(draft, express=not obstacle, obstacle=obstacle)


def _obstacle(assembly: Assembly, draft: Draft, foreseen: Mapping[str, StackChanges]) -> str:
    """Why a stack is deployed in standard mode; empty when it need not be."""
    found = foreseen.get(draft.stack.name)
    if found is None:
        return "all platforms share it"
    if any(each.action in _REPLACING for each in found.changes):
        return f"{_named(c.logical_id for c in found.changes if c.action in _REPLACING)} may be replaced"
    if held := {change.logical_id for change in found.changes} & set(draft.stack.stateful):
        return f"{_named(held)} holds data"
    follow = any(migrator.stack == draft.stack.name for migrator in assembly.migrators)
    return "migrations follow" if follow else ""


def _replaces(made: Mapping[str, ChangeSet | None], draft: Draft) -> bool:
    found = made.get(draft.stack.name)
    changes = (
        change["ResourceChange"] for page in (found.pages if found else ()) for change in page["Changes"]
    )
    return any(change.get("Replacement") in _REPLACEMENTS for change in changes)


def _named(logical_ids: Iterable[str]) -> str:
    return ", ".join(sorted(logical_ids))
