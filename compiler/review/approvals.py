"""ChangePlan -> the changes that somebody must approve by name, and what the names given mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from compiler.review.changes import NEEDS_APPROVAL, Change, ChangePlan


@dataclass(frozen=True)
class Named:
    """One change of a plan and its id, which is the same in every plan: `<stack>/<logical id>`."""

    stack: str
    change: Change

    @property
    def id(self) -> str:
        return f"{self.stack}/{self.change.logical_id}"

    @property
    def needs_approval(self) -> bool:
        """Whether it may lose data, identity or safety."""
        return self.change.risk in NEEDS_APPROVAL


def all_of(plan: ChangePlan) -> tuple[Named, ...]:
    """Every change of the plan, in its order."""
    return tuple(Named(stack.stack, change) for stack in plan.stacks for change in stack.changes)


def needed(plan: ChangePlan) -> tuple[Named, ...]:
    """The changes that no bare `--yes` covers."""
    return tuple(named for named in all_of(plan) if named.needs_approval)


def meant(plan: ChangePlan, name: str) -> tuple[str, ...]:
    """The ids that a name may stand for; several for a logical id that several stacks have."""
    return tuple(named.id for named in all_of(plan) if name in (named.id, named.change.logical_id))


def names(changes: Iterable[Named]) -> Iterator[str]:
    """Both ways in which each can be named."""
    for named in changes:
        yield from (named.id, named.change.logical_id)
