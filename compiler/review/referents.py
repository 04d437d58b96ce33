"""What a reference in a stack comes to in the end: a resource there, or one whose value travels to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from compiler.assembly import Assembly
from compiler.review.moves import Place
from compiler.review.rewriting import Reference, reference


class Referent(NamedTuple):
    """A resource and what of it is meant, as in `Reference`."""

    place: Place
    attribute: str | None


def referent(assembly: Assembly, stack: str, found: Reference) -> Referent | None:
    """What is meant; None when nobody can tell.

    A value travels as an output and a parameter of one name (`names.parameter`), and so that is enough: the
    wires of what is deployed are not known.
    """
    templates = {each.name: each.template for each in assembly.stacks}
    if found.name in _part(templates.get(stack), "Resources"):
        return Referent(Place(stack, found.name), found.attribute)
    told = [name for name, each in templates.items() if found.name in _part(each, "Outputs")]
    if found.name not in _part(templates.get(stack), "Parameters") or len(told) != 1:
        return None
    value = _part(templates[told[0]], "Outputs")[found.name].get("Value")
    meant = reference(value) if isinstance(value, Mapping) else None
    if meant is None or meant.name not in _part(templates[told[0]], "Resources"):
        return None
    return Referent(Place(told[0], meant.name), meant.attribute)


def _part(template: Mapping[str, Any] | None, section: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (template or {}).get(section) or {}
    return found
