"""Kinds and rules -> what each profile means: the defaults it sets, and how severe it makes the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, get_args

from compiler.model import Profile
from compiler.registry import all_kinds
from compiler.rule import Rule
from compiler.rulebook import all_rules
from compiler.schema import platform_schema

PROFILES: tuple[Profile, ...] = get_args(Profile)
Node = Mapping[str, Any]


class Setting(NamedTuple):
    """One property whose default depends on the profile."""

    kind: str
    section: str
    property: str  # dotted, seen from the component: `capacity.min`
    description: str
    values: Mapping[Profile, Any]  # in every profile; None where there is no default
    set_by: frozenset[Profile]  # the profiles that say so themselves; the others have the kind's own default


def settings() -> list[Setting]:
    """Every such property, sorted by section and then as the kind declares them."""
    definitions = platform_schema()["$defs"]
    kinds = sorted(all_kinds().values(), key=lambda kind: kind.section)
    return [
        Setting(kind.name, kind.section, ".".join(path), node["description"], *_values(node))
        for kind in kinds
        for path, node in _properties(definitions[kind.spec.__name__], definitions, ())
        if "x-profiles" in node
    ]


def rules() -> list[Rule]:
    """The rules about specs that are not equally severe in all profiles, by id."""
    return [rule for rule in all_rules() if len(set(rule.severity.values())) > 1]


def _values(node: Node) -> tuple[dict[Profile, Any], frozenset[Profile]]:
    said = node["x-profiles"]
    values = {profile: said.get(profile, node.get("default")) for profile in PROFILES}
    return values, frozenset(profile for profile in PROFILES if profile in said)


def _properties(
    node: Node, definitions: Node, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Node]]:
    """The properties of a record and of the records inside it, with their paths."""
    for name, inner in node.get("properties", {}).items():
        yield (*path, name), inner
        for choice in (inner, *inner.get("anyOf", ())):
            if reference := choice.get("$ref"):
                yield from _properties(
                    definitions[reference.removeprefix("#/$defs/")], definitions, (*path, name)
                )
