"""Resource type and property path -> whether a change there replaces the resource.

The facts are `createOnlyProperties`, `conditionalCreateOnlyProperties` and `primaryIdentifier` of the
CloudFormation provider schemas that cfn-lint bundles, and what is known beside them. They are read as files:
importing cfnlint itself takes half a second.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path as File
from typing import Any

from compiler.review.changes import Recreation
from compiler.review.paths import Item, Path
from compiler.review.types import IN_PLACE, MAY_REPLACE, NAMES

_REGION = "us-east-1"  # the region that has every type; cfn-lint itself falls back to it
_CUSTOM = "AWS::CloudFormation::CustomResource"


@dataclass(frozen=True)
class Schema:
    """What one resource type says about updates; `*` in a path stands for any item of a list."""

    always: tuple[Path, ...]
    maybe: tuple[Path, ...]
    changed: tuple[Path, ...] = ()  # may replace when one value follows another, not when it comes or goes
    names: tuple[str, ...] = ()  # properties whose values together only one resource can have

    def recreation(self, path: Path, *, was_and_is: bool = True) -> Recreation:
        """Whether a change at this path of the properties replaces the resource.

        `was_and_is` says that there is a value before and after. A path above a create-only one, as when a
        function computes the whole map, may replace.
        """
        if any(_leads(create_only, path) for create_only in self.always):
            return "always"
        both = (*self.always, *self.maybe)
        found = any(_leads(p, path) or _leads(path, p) for p in both)
        return "maybe" if found or (was_and_is and any(_leads(p, path) for p in self.changed)) else "never"


@cache
def schema(resource_type: str) -> Schema | None:
    """The update facts of a type; None when no schema is known, as for private types."""
    if resource_type.startswith("Custom::") or resource_type == _CUSTOM:
        return None  # the function behind a custom resource decides by the physical id it returns
    found = provider_schema(resource_type)
    if found is None:
        return None
    in_place = IN_PLACE.get(resource_type, frozenset())
    maybe = [p for p in _paths(found, "conditionalCreateOnlyProperties") if p[0] not in in_place]
    unlisted = MAY_REPLACE.get(resource_type, ())
    names = NAMES.get(resource_type) or _names(found)
    return Schema(_paths(found, "createOnlyProperties"), tuple(maybe), unlisted, names)


def exclusive(resource_type: str) -> tuple[str, ...]:
    """The properties that name a resource, so that there cannot be two; none when AWS gives the name."""
    facts = schema(resource_type)
    return facts.names if facts else ()


def provider_schema(resource_type: str) -> dict[str, Any] | None:
    """The whole provider schema of a type; None when there is none."""
    file = _files().get(resource_type)
    if file is None or not file.is_file():
        return None
    found: dict[str, Any] = json.loads(file.read_bytes())
    return found


@cache
def _files() -> dict[str, File]:
    spec = find_spec("cfnlint")
    folder = File(spec.origin).parent / "data" / "schemas" if spec and spec.origin else File("cfnlint")
    index = folder / "providers" / f"{_REGION}.json"
    if not index.is_file():
        return {}
    types: dict[str, str] = json.loads(index.read_bytes())
    return {name: folder / "resources" / f"{content}.json" for name, content in types.items()}


def _paths(found: dict[str, Any], key: str) -> tuple[Path, ...]:
    """`/properties/A/B` -> `("A", "B")`."""
    return tuple(tuple(pointer.split("/")[2:]) for pointer in found.get(key) or ())


def _names(found: dict[str, Any]) -> tuple[str, ...]:
    """What identifies the resource, unless AWS gives it."""
    identifier, given = _paths(found, "primaryIdentifier"), _paths(found, "readOnlyProperties")
    return tuple(path[0] for path in identifier) if not {*identifier} & {*given} else ()


def _leads(prefix: Path, path: Path) -> bool:
    """Whether the path is the prefix, or inside it."""
    if len(prefix) > len(path):
        return False
    return all(
        (isinstance(b, Item) and a == "*") or (isinstance(a, Item) and b == "*") or a == b
        for a, b in zip(prefix, path, strict=False)
    )
