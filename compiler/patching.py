"""A resource and the operations of a JSON Patch -> the resource as patched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from compiler.record import PatchOperation


def patched(resource: Mapping[str, Any], operations: Iterable[PatchOperation]) -> dict[str, Any]:
    """The resource after all operations; ValueError when a path leads nowhere or a test fails."""
    # Late: most specs override nothing.
    import jsonpatch
    import jsonpointer

    try:
        changed: dict[str, Any] = jsonpatch.apply_patch(
            resource, [msgspec.to_builtins(operation) for operation in operations]
        )
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException) as error:
        # The libraries go on to quote all that they looked into.
        raise ValueError(str(error).partition(" in {")[0]) from error
    for section in ("Properties", "Metadata"):
        if not isinstance(changed.get(section, {}), Mapping):
            raise ValueError(f"{section} would be no mapping but {changed[section]!r}")
    return changed
