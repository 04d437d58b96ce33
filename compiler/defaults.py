"""Merged values -> the same with every default filled in: the profile's where it has one, else the kind's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compiler.model import Path, Provenance


class Defaults:
    """Fills values against one schema for one profile, and notes the provenance of what it adds."""

    def __init__(self, schema: Mapping[str, Any], profile: str) -> None:
        self._definitions = schema["$defs"]
        self._profile = profile
        self.added: dict[Path, Provenance] = {}

    def fill(self, value: Any, node: Mapping[str, Any], path: Path) -> Any:
        """`value` with the defaults of everything in it that the schema node describes."""
        node = self._target(node, value)
        if isinstance(value, list):
            return [self.fill(item, node.get("items", {}), (*path, i)) for i, item in enumerate(value)]
        if not isinstance(value, Mapping):
            return value
        return dict(self._entries(value, node, path))

    def _entries(
        self, value: Mapping[str, Any], node: Mapping[str, Any], path: Path
    ) -> Iterator[tuple[str, Any]]:
        properties = node.get("properties", {})
        for key, item in value.items():
            inner = properties.get(key, node.get("additionalProperties") or {})
            yield key, self.fill(item, inner if isinstance(inner, Mapping) else {}, (*path, key))
        for key, inner in properties.items():
            if key not in value:
                yield from self._default(key, inner, path)

    def _default(self, key: str, node: Mapping[str, Any], path: Path) -> Iterator[tuple[str, Any]]:
        profiles = node.get("x-profiles", {})
        if self._profile in profiles:
            default, source = profiles[self._profile], f"profile {self._profile}"
        elif "default" in node:
            default, source = node["default"], "default"
        else:
            return
        self._note(default, (*path, key), source)
        yield key, self.fill(default, node, (*path, key))

    def _note(self, value: Any, path: Path, source: str) -> None:
        self.added[path] = Provenance(source, None)
        if isinstance(value, Mapping):
            for key, item in value.items():
                self._note(item, (*path, key), source)

    def _target(self, node: Mapping[str, Any], value: Any) -> Mapping[str, Any]:
        """The node that describes a mapping: behind a reference, or among alternatives."""
        if "$ref" in node:
            return self._target(self._definitions[node["$ref"].removeprefix("#/$defs/")], value)
        if "anyOf" not in node:
            return node
        choices = [self._target(choice, value) for choice in node["anyOf"]]
        if isinstance(value, Mapping):
            choices = [c for c in choices if c.get("type") == "object" and _fits(c, value)]
        return choices[0] if choices else {}


def _fits(node: Mapping[str, Any], value: Mapping[str, Any]) -> bool:
    return "properties" not in node or all(key in node["properties"] for key in value)
