"""Conditions of a template -> which of them hold, as far as that is known before the deployment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compiler.review.evaluate import Known, alike, evaluated, is_known


def settled(declared: Mapping[str, Any], known: Known) -> dict[str, bool]:
    """The conditions that are known to hold, or not to, by name."""
    found = {name: _holds(value, declared, known.whole, (name,)) for name, value in declared.items()}
    return {name: holds for name, holds in found.items() if holds is not None}


def _holds(value: Any, declared: Mapping[str, Any], known: Known, inside: tuple[str, ...]) -> bool | None:
    """None where it is not known, or where conditions go in a circle."""

    def part(each: Any) -> bool | None:
        return _holds(each, declared, known, inside)

    match value:
        case {"Condition": str(name), **rest} if not rest:
            return (
                _holds(declared.get(name), declared, known, (*inside, name)) if name not in inside else None
            )
        case {"Fn::Equals": [one, other]}:
            return _equal(evaluated(one, known), evaluated(other, known))
        case {"Fn::Not": [one]}:
            holds = part(one)
            return None if holds is None else not holds
        case {"Fn::And": [*parts]}:
            return _all([part(each) for each in parts])
        case {"Fn::Or": [*parts]}:
            none = _all([None if (holds := part(each)) is None else not holds for each in parts])
            return None if none is None else not none
    return None


def _equal(one: Any, other: Any) -> bool | None:
    if alike(one, other):
        return True
    return False if is_known(one) and is_known(other) else None


def _all(parts: list[bool | None]) -> bool | None:
    """False as soon as one is, whatever the others are."""
    return False if False in parts else None if None in parts else True
