"""Two assemblies -> what is in another place in the second one, and is to be taken there as it is.

What moves is known, not guessed: it has its logical id in another stack, or its component says in the spec
what it was called (`renamed_from`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from compiler import names
from compiler.assembly import Assembly
from compiler.review.changes import Relocation
from compiler.review.movable import obstacle

Template = Mapping[str, Any]

# Not things of their own: there is one for each queue or topic, and deleting any deletes that one.
# Source: SQS API reference, SetQueueAttributes; SNS API reference, SetTopicAttributes, 2026.
ATTACHED = frozenset({"AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"})


class Place(NamedTuple):
    """Where a resource is."""

    stack: str
    logical_id: str


class _Found(NamedTuple):
    place: Place
    kind: str
    region: str


def found(before: Assembly, after: Assembly) -> tuple[Relocation, ...]:
    """What is in another place and can be taken there as it is, in the order of deployment."""
    return tuple(
        _relocation(old, new, after) for old, new in _pairs(before, after) if not _stays(before, old, new)
    )


def handed_over(before: Assembly, after: Assembly) -> tuple[Place, ...]:
    """What cannot move and is made anew elsewhere, while removing the old one would undo the new one."""
    return tuple(
        old for old, new in _pairs(before, after) if new.kind in ATTACHED and _stays(before, old, new)
    )


def _pairs(before: Assembly, after: Assembly) -> Iterator[tuple[Place, _Found]]:
    """The places of what is known to be the same, then and now."""
    was, now = _places(before), _places(after)
    gone = {place: each for place, each in was.items() if place not in now}
    for place, each in now.items():
        old = None if place in was else _source(each, gone, after.renames)
        if old is not None:
            del gone[old]
            yield old, each


def _stays(before: Assembly, old: Place, new: _Found) -> str:
    resource = before.stack(old.stack).template["Resources"][old.logical_id]
    return obstacle(resource, across=old.stack != new.place.stack)


def _relocation(old: Place, new: _Found, after: Assembly) -> Relocation:
    stack = after.stack(new.place.stack)
    origin = stack.origins.get(new.place.logical_id)
    return Relocation(*old, *new.place, new.kind, stack.region, origin)


def _places(assembly: Assembly) -> dict[Place, _Found]:
    return {
        (place := Place(stack.name, name)): _Found(place, resource["Type"], assembly.region_of(stack))
        for stack in assembly.stacks
        for name, resource in (stack.template.get("Resources") or {}).items()
    }


def _source(new: _Found, gone: Mapping[Place, _Found], renames: Mapping[str, str]) -> Place | None:
    """Where it was; None when it was nowhere, or in several places."""
    for logical_id in dict.fromkeys((new.place.logical_id, earlier(new.place.logical_id, renames))):
        places = [
            old
            for old, each in gone.items()
            if (old.logical_id, each.kind, each.region) == (logical_id, new.kind, new.region)
        ]
        if len(places) == 1:
            return places[0]
    return None


def earlier(name: str, renames: Mapping[str, str]) -> str:
    """A logical id, or the name of a parameter, as it was before components got other names."""
    for component in sorted(renames, key=len, reverse=True):
        name = names.with_other(name, component, renames[component])
    return name


def homes_of(moves: tuple[Relocation, ...]) -> dict[Place, Place]:
    """From where to where."""
    return {Place(m.stack, m.logical_id): Place(m.to_stack, m.to_logical_id) for m in moves}


def touched(moves: tuple[Relocation, ...]) -> frozenset[str]:
    """The stacks that something leaves or comes to."""
    return frozenset(name for move in moves for name in (move.stack, move.to_stack))


def receiving(before: Mapping[str, Any], moves: tuple[Relocation, ...]) -> frozenset[str]:
    """The stacks that the moves make."""
    return frozenset(move.to_stack for move in moves) - before.keys()


def emptied(templates: Mapping[str, Template], moves: tuple[Relocation, ...]) -> Iterator[str]:
    """The stacks that would have nothing left after the moves, which CloudFormation does not take."""
    leaving = Counter(move.stack for move in moves if move.stack != move.to_stack)
    coming = {move.to_stack for move in moves if move.stack != move.to_stack}
    for name in sorted(leaving):
        if name not in coming and leaving[name] == len(templates[name].get("Resources") or {}):
            yield name
