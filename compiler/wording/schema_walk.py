"""A schema and a path -> the parts of the schema that speak about that path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]


def reach(root: Schema, path: Iterable[str | int]) -> list[Schema]:
    """Every part of the schema that describes the value at `path`, whichever alternative is taken."""
    found = list(_spread(root, root))
    for step in path:
        found = [
            part for schema in found for child in _children(schema, step) for part in _spread(root, child)
        ]
    return found


def below(root: Schema, schema: Schema, path: Iterable[str | int] = ()) -> list[Schema]:
    """The same, from a part of the root on."""
    defs = {"$defs": root.get("$defs", {})}
    return reach({**defs, "allOf": [schema]}, path)


def known_keys(schemas: Iterable[Schema]) -> list[str]:
    """The keys that these schemas name for a mapping, sorted."""
    named = (schema.get("properties", {}).items() for schema in schemas)
    return sorted({key for items in named for key, schema in items if schema is not False})


def admits(schemas: Iterable[Schema], key: str) -> bool:
    """Whether any of these schemas has a place for the key."""
    return any(True for schema in schemas for _ in _children(schema, key))


def _spread(root: Schema, schema: Any, seen: frozenset[int] = frozenset()) -> Iterator[Schema]:
    """The schema and all it refers to or chooses from."""
    if not isinstance(schema, Mapping) or id(schema) in seen:
        return
    yield schema
    seen |= {id(schema)}
    for part in _parts(root, schema):
        yield from _spread(root, part, seen)


def _parts(root: Schema, schema: Schema) -> Iterator[Any]:
    if "$ref" in schema:
        yield root.get("$defs", {}).get(str(schema["$ref"]).removeprefix("#/$defs/"))
    for keyword in ("allOf", "anyOf", "oneOf"):
        yield from schema.get(keyword, ())
    for keyword in ("then", "else"):
        yield schema.get(keyword)
    yield from schema.get("dependentSchemas", {}).values()


def _children(schema: Schema, step: str | int) -> Iterator[Any]:
    if isinstance(step, int):
        first = schema.get("prefixItems", ())
        yield first[step] if step < len(first) else schema.get("items")
        return
    if schema.get("properties", {}).get(step, False) is not False:
        yield schema["properties"][step]
    yield from (
        part for pattern, part in schema.get("patternProperties", {}).items() if re.search(pattern, step)
    )
    if schema.get("additionalProperties", False) is not False:
        yield schema["additionalProperties"]
