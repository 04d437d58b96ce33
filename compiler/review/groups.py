"""ChangePlan -> its changes in reading order: riskiest first, by component, routine noise folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from compiler.review.changes import RISKS, Change, ChangePlan, Risk, StackChanges

# `Tags[owner].Value`, `Tags.owner`, `FileSystemTags[owner].Value`.
_TAGS = re.compile(r"\w*Tags([.\[]|$)")

RANK: dict[Risk, int] = {risk: rank for rank, risk in enumerate(RISKS)}


@dataclass(frozen=True)
class Entry:
    """One change with the environment and the stack that it belongs to."""

    environment: str
    stack: StackChanges
    change: Change

    @property
    def component(self) -> str:
        """The component's name; empty for what comes from no component."""
        return self.change.origin.component if self.change.origin else ""

    @property
    def source(self) -> str:
        """`file:line` in the spec; empty when nobody knows."""
        position = self.change.origin.position if self.change.origin else None
        return f"{position.file}:{position.line}" if position else ""


@dataclass(frozen=True)
class Group:
    """The changes of one component in one stack: `shown` one by one, `folded` only counted."""

    component: str
    stack: StackChanges
    shown: tuple[Entry, ...]
    added: tuple[Entry, ...]  # additions, when the component only gains resources
    tagged: tuple[Entry, ...]  # changes of nothing but tags

    @property
    def risk(self) -> Risk:
        """The class of the riskiest change."""
        return min((entry.change.risk for entry in self.entries), key=RANK.__getitem__)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return (*self.shown, *self.added, *self.tagged)

    @property
    def source(self) -> str:
        return next((entry.source for entry in self.entries if entry.source), "")


def entries(plans: Iterable[ChangePlan]) -> list[Entry]:
    """Every change: by environment, then riskiest first, then in the order of execution and by logical id."""
    return [entry for plan in plans for entry in _of(plan)]


def groups(plan: ChangePlan, fold: bool = True) -> list[Group]:
    """The components that change, the riskiest first, then in the order of execution and by name."""
    parts: dict[tuple[str, str], list[Entry]] = {}
    for entry in _of(plan):
        parts.setdefault((entry.stack.key, entry.component), []).append(entry)
    order = {stack.key: number for number, stack in enumerate(plan.stacks)}
    found = [_group(component, part, fold) for (_, component), part in parts.items()]
    return sorted(found, key=lambda group: (RANK[group.risk], order[group.stack.key], group.component))


def _of(plan: ChangePlan) -> list[Entry]:
    found = [
        (RANK[change.risk], number, change.logical_id, Entry(plan.environment, stack, change))
        for number, stack in enumerate(plan.stacks)
        for change in stack.changes
    ]
    return [entry for *_, entry in sorted(found, key=lambda each: each[:3])]


def _group(component: str, part: Sequence[Entry], fold: bool) -> Group:
    new = fold and len(part) > 1 and all(_is_plain_addition(entry) for entry in part)
    tagged = tuple(entry for entry in part if fold and _is_tagging(entry))
    shown = () if new else tuple(entry for entry in part if entry not in tagged)
    return Group(component, part[0].stack, shown, tuple(part) if new else (), tagged)


def _is_plain_addition(entry: Entry) -> bool:
    return entry.change.action == "add" and entry.change.risk == "routine"


def _is_tagging(entry: Entry) -> bool:
    change = entry.change
    paths = [each.path for each in change.properties]
    is_quiet = change.action == "modify" and change.risk == "routine"
    return is_quiet and bool(paths) and all(map(_TAGS.match, paths))
