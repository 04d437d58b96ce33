"""Replacements -> the dependents they change, along references in a stack and wiring between stacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from compiler.assembly import Assembly, Stack
from compiler.review.case import Resource, properties
from compiler.review.changes import Reason, Recreation
from compiler.review.draft import Draft
from compiler.review.expressions import expression, references
from compiler.review.paths import Leaf, Path, intrinsics
from compiler.review.rules import CARRIED, CARRIED_ACROSS
from compiler.review.schemas import schema
from compiler.review.types import MOVED

Template = Mapping[str, Any]


@dataclass(frozen=True)
class Move:
    """Why a name inside a stack will have another value than now, or may have."""

    text: str
    certain: bool
    across: bool = False  # the value comes from another stack, whose change set will tell for sure

    @property
    def rule(self) -> str:
        return CARRIED_ACROSS if self.across else CARRIED


Moves = dict[str, Move]


@dataclass(frozen=True)
class _Use:
    logical_id: str
    path: Path
    value: Any


def carry(drafts: dict[str, Draft], template: Template, moves: Moves) -> None:
    """Adds to the drafts, and to the moves, all that follows from the moves and from the drafts themselves.

    What surely moves and is used in place gives an update; what only may move gives none, or a replaced
    network that is uncertain would read as a change of everything.
    """
    resources: Mapping[str, Resource] = template.get("Resources") or {}
    moves |= {name: move for name, found in drafts.items() if (move := _moved(found))}
    moves |= {name: move for found in drafts.values() for name, move in _attributes(found)}
    if not moves:
        return
    users = _users(resources)
    waiting = sorted(moves)
    while waiting:
        name = waiting.pop(0)
        for use in users.get(name, ()):
            found = drafts.get(use.logical_id) or Draft(
                use.logical_id, resources[use.logical_id], resources[use.logical_id]
            )
            changed = _follow(found, use, name, moves[name])
            if changed is None:
                continue
            drafts[use.logical_id] = changed
            move = _moved(changed)
            if move and (use.logical_id not in moves or move.certain > moves[use.logical_id].certain):
                moves[use.logical_id] = move
                waiting.append(use.logical_id)


def blame(drafts: dict[str, Draft], written: Template, moves: Moves) -> None:
    """Adds to the drafts why they differ, where a value that is known on both sides came from elsewhere."""
    users = _users(written.get("Resources") or {})
    for name in sorted(moves):
        for use in users.get(name, ()):
            found = drafts.get(use.logical_id)
            if found and any(_touch(leaf.path, use.path) for leaf in found.leaves):
                drafts[use.logical_id] = replace(found, causes=_causes(found, name, moves[name]))


def _touch(path: Path, other: Path) -> bool:
    return all(one == two for one, two in zip(path, other, strict=False))


def arriving(stack: Stack, before: Assembly | None, after: Assembly, moves: Mapping[str, Moves]) -> Moves:
    """The parameters, mappings and conditions of a stack whose value changes, seen from both assemblies."""
    old = _stacks(before).get(stack.name)
    if old is None:
        return {}
    found: Moves = {}
    for name in sorted(
        {*(stack.template.get("Parameters") or {})} & {*(old.template.get("Parameters") or {})}
    ):
        if move := _parameter(name, old, stack, (before, after), moves):
            found[name] = move
    return found | _tables(old.template, stack.template, {*found})


def _tables(old: Template, new: Template, parameters: set[str]) -> Moves:
    """What changes of mappings and conditions, or of the parameters that conditions ask for."""
    found: Moves = {}
    for section in ("Mappings", "Conditions"):
        was, now = old.get(section) or {}, new.get(section) or {}
        for name in sorted({*was} & {*now}):
            if asked := sorted(parameters.intersection(references(now[name]))):
                found[f"{section}.{name}"] = Move(f"it asks for {asked[0]}, which changes", certain=False)
            elif was[name] != now[name]:
                found[f"{section}.{name}"] = Move(f"{name} of the {section} changes", certain=False)
    return found


def _parameter(
    name: str, old: Stack, new: Stack, sides: tuple[Assembly | None, Assembly], moves: Mapping[str, Moves]
) -> Move | None:
    was, now = source(old, name, sides[0]), source(new, name, sides[1])
    wire = new.parameters.get(name)
    if wire is None:
        return Move(f"the parameter {name} changes", certain=True) if was != now else None
    where = f"the stack {wire.stack}"
    if was != now:
        return Move(
            f"{name} is the output {wire.output} of {where}, which changes", certain=True, across=True
        )
    output = _output(_stacks(sides[1]).get(wire.stack), wire.output)
    for reference in references(output):
        if move := moves.get(wire.stack, {}).get(reference):
            text = f"{name} comes from {where}, where {move.text}"
            return Move(text, certain=move.certain, across=True)
    return None


def source(stack: Stack, parameter: str, assembly: Assembly | None) -> str:
    """Where the parameter's value comes from, as text: the expression behind the wire, or the default."""
    wire = stack.parameters.get(parameter)
    if wire is None:
        declared = (stack.template.get("Parameters") or {}).get(parameter) or {}
        return expression(declared.get("Default", ""))
    output = _output(_stacks(assembly).get(wire.stack), wire.output)
    return f"{wire.stack}.{wire.output}" if output is None else f"{wire.stack}: {expression(output)}"


def _stacks(assembly: Assembly | None) -> dict[str, Stack]:
    return {stack.name: stack for stack in assembly.stacks} if assembly else {}


def _output(stack: Stack | None, name: str) -> Any:
    outputs = (stack.template.get("Outputs") or {}) if stack else {}
    return (outputs.get(name) or {}).get("Value")


def _moved(found: Draft) -> Move | None:
    """The resource as a cause for others: only a replacement gives its names new values."""
    if found.before is None or found.action not in ("replace", "may-replace"):
        return None
    certain = found.action == "replace"
    return Move(f"{found.logical_id} {'is' if certain else 'may be'} replaced", certain)


def _attributes(found: Draft) -> Iterator[tuple[str, Move]]:
    """What an update in place moves: by `Name.Attribute`."""
    persists = found.action in ("modify", "may-replace")
    properties_of = MOVED.get(found.type, {}) if persists else {}
    for name in sorted({leaf.path[0] for leaf in found.leaves if leaf.path} & {*properties_of}):
        for attribute in properties_of[name]:
            text = f"{attribute} of {found.logical_id} is another one when its {name} changes"
            yield f"{found.logical_id}.{attribute}", Move(text, certain=True)


def _users(resources: Mapping[str, Resource]) -> dict[str, list[_Use]]:
    users: dict[str, list[_Use]] = {}
    for logical_id in sorted(resources):
        for path, value in intrinsics(properties(resources[logical_id])):
            for name in sorted(set(references(value))):
                users.setdefault(name, []).append(_Use(logical_id, path, value))
    return users


def _follow(found: Draft, use: _Use, name: str, move: Move) -> Draft | None:
    """The dependent with the carried change; None when nothing (more) follows for it."""
    if found.before is None or found.after is None:
        return None
    at = next((leaf for leaf in found.leaves if leaf.path == use.path), None)
    effect = _effect(found.type, use.path, move)
    if at and (not at.carried or _STRENGTH[effect] <= _STRENGTH[at.recreation]):
        return None
    if effect == "never" and not move.certain:
        return None
    leaf = Leaf(use.path, use.value, use.value, effect, carried=True)
    kept = tuple(other for other in found.leaves if other is not at)
    return replace(found, leaves=(*kept, leaf), causes=_causes(found, name, move))


_STRENGTH: dict[Recreation, int] = {"never": 0, "maybe": 1, "always": 2}


def _effect(resource_type: str, path: Path, move: Move) -> Recreation:
    facts = schema(resource_type)
    effect = facts.recreation(path) if facts else "maybe"
    sure = move.certain and not move.across
    return effect if sure or effect == "never" else "maybe"


def _causes(found: Draft, name: str, move: Move) -> tuple[Reason, ...]:
    text = move.text if name in move.text else f"refers to {name}: {move.text}"
    new = Reason(move.rule, text)
    return found.causes if new in found.causes else (*found.causes, new)
