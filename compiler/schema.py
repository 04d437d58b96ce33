"""Kinds -> the JSON Schema of a platform spec (draft 2020-12): the only place where it is assembled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

import msgspec

from compiler.head import COMPONENT_NAME, Environment, Head
from compiler.kind import Kind, Record
from compiler.registry import all_kinds

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@cache
def platform_schema() -> Mapping[str, Any]:
    """The whole schema, from every kind that `compiler/kinds/` holds."""
    kinds = all_kinds().values()
    options = [verb.options for kind in kinds for verb in kind.verbs.values() if verb.options]
    _, definitions = msgspec.json.schema_components(
        [Head, Environment, *(kind.spec for kind in kinds), *options],
        ref_template="#/$defs/{name}",
    )
    definitions = {name: _present(definition) for name, definition in definitions.items()}
    for record in _records(Record):
        if record.impossible and record.__name__ in definitions:
            definitions[record.__name__]["x-impossible"] = dict(record.impossible)
    definitions["Connection"] = _connection(kinds, definitions, options)
    references = _references(kinds)
    definitions |= _overrides(definitions)
    _widen_environment(definitions, references)
    root = definitions.pop("Head")
    root["properties"] |= references
    root["properties"]["environments"]["propertyNames"] = dict(COMPONENT_NAME, maxLength=12)
    root["patternProperties"] = {"^x-": {}}
    schema: dict[str, Any] = {"$schema": DIALECT, "$id": "platform.schema.json"}
    schema |= root
    schema["$defs"] = definitions
    return schema


def _records(record: type[Record]) -> Iterator[type[Record]]:
    for child in record.__subclasses__():
        yield child
        yield from _records(child)


def _present(node: Any) -> Any:
    """The schema without its nulls: a property that may be absent is absent, never null."""
    if isinstance(node, list):
        return [_present(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: _present(value) for key, value in node.items() if not (key == "default" and value is None)}
    choices = [choice for choice in node.get("anyOf", ()) if choice != {"type": "null"}]
    if "anyOf" in node and len(choices) == 1:
        del node["anyOf"]
        return choices[0] | node
    return node | ({"anyOf": choices} if choices else {})


def _connection(
    kinds: Iterable[Kind], definitions: Mapping[str, Any], options: Iterable[type[Record]]
) -> dict[str, Any]:
    verbs = sorted({verb for kind in kinds for verb in kind.verbs})
    long: dict[str, Any] = {
        "access": {"type": "string", "description": "The verb.", "examples": verbs},
        "env": {
            "type": "string",
            "pattern": "^[A-Z][A-Z0-9_]*$",
            "x-form": "a variable name in capitals, such as TELEMETRY",
            "description": "Replaces the prefix (or the whole name) of the injected environment variables.",
            "examples": ["SIGNING_KEY"],
        },
        "optional": {
            "type": "boolean",
            "description": "Whether the component answers without the target too; then the target's failures "
            "do not count in `formwork explain availability`.",
            "examples": [True],
        },
    }
    for option in options:
        long |= _undefaulted(definitions[option.__name__]["properties"])
    short = {"type": "string", "description": "The verb.", "examples": verbs}
    mapping = {"type": "object", "properties": long, "required": ["access"], "additionalProperties": False}
    return {"description": "A verb, or a mapping with `access` and options.", "anyOf": [short, mapping]}


def _undefaulted(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Without defaults: only the verb in use knows its options; `connect.complete` fills them in."""
    return {
        name: {key: value for key, value in deepcopy(node).items() if key != "default"}
        for name, node in properties.items()
    }


def _references(kinds: Iterable[Kind]) -> dict[str, Any]:
    return {kind.section: _section(kind) for kind in sorted(kinds, key=lambda kind: kind.section)}


def _section(kind: Kind) -> dict[str, Any]:
    reference = {"$ref": f"#/$defs/{kind.spec.__name__}"}
    if kind.singleton:
        return {"description": kind.summary} | reference
    return {
        "description": kind.summary,
        "type": "object",
        "propertyNames": dict(kind.names or COMPONENT_NAME),
        "additionalProperties": reference,
    }


def _overrides(definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Each definition once more, with nothing required: what an environment may repeat of it."""
    return {f"{name}Override": _partial(definition) for name, definition in definitions.items()}


def _partial(node: Any) -> Any:
    if isinstance(node, list):
        return [_partial(item) for item in node]
    if not isinstance(node, dict):
        return f"{node}Override" if isinstance(node, str) and node.startswith("#/$defs/") else node
    return {
        key: _partial(value)
        for key, value in node.items()
        # A list, for a property may be called `required` too.
        if key != "default" and not (key == "required" and isinstance(value, list))
    }


def _widen_environment(definitions: dict[str, Any], references: Mapping[str, Any]) -> None:
    definitions["Environment"]["properties"] |= _partial(dict(references))
    del definitions["EnvironmentOverride"], definitions["HeadOverride"]
