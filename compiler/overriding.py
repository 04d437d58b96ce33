"""Templates -> the same with what components override in them, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import replace
from typing import Any

from compiler.diagnostics import Diagnostic, suggest
from compiler.draft import Draft
from compiler.kind import ResourcePatch
from compiler.model import Component, Path
from compiler.patching import patched
from compiler.places import Place

METADATA = "FormworkOverrides"  # where a template says why it is not what the component would be


def override(templates: Mapping[Place, MutableMapping[str, Any]], draft: Draft) -> Iterator[Diagnostic]:
    """Applies every component's `overrides`, in the order written; E216 and E217 where one does not fit."""
    for component in draft.platform.components.values():
        if component.adopted:
            continue
        for number, wanted in enumerate(getattr(component.spec, "overrides", ())):
            path: Path = (*component.path, "overrides", number)
            yield from _apply(wanted, component, path, templates, draft)


def _apply(
    wanted: ResourcePatch,
    component: Component,
    path: Path,
    templates: Mapping[Place, MutableMapping[str, Any]],
    draft: Draft,
) -> Iterator[Diagnostic]:
    owned = {
        logical_id: where
        for where, holding in draft.places.items()
        for logical_id, origin in holding.origins.items()
        if origin.component == component.name
    }
    if wanted.resource not in owned:
        has = f"it has: {', '.join(sorted(owned))}" if owned else "it has none"
        message = f"'{component.name}' has no resource {wanted.resource}; {has}"
        position = draft.platform.position((*path, "resource"))
        yield Diagnostic(position, "E216", message + suggest(wanted.resource, owned))
        return
    resources = templates[owned[wanted.resource]]["Resources"]
    try:
        resources[wanted.resource] = _patched(resources[wanted.resource], wanted)
    except ValueError as error:
        message = f"does not fit {wanted.resource} any more: {error}; see the template for what is there"
        yield Diagnostic(draft.platform.position((*path, "patch")), "E217", f"the patch {message}")
        return
    # What linters and AWS say of the resource is most likely about the patch.
    origins = draft.places[owned[wanted.resource]].origins
    found = replace(origins[wanted.resource], position=draft.platform.position((*path, "resource")))
    origins[wanted.resource] = found


def _patched(resource: Mapping[str, Any], wanted: ResourcePatch) -> Any:
    """ValueError when a path leads nowhere or a test fails."""
    changed = patched(resource, wanted.patch)
    # Read from what was there: the patch may have put anything under that name.
    given = resource.get("Metadata", {}).get(METADATA)
    reasons = [*(given if isinstance(given, list) else ()), wanted.reason]
    return changed | {"Metadata": changed.get("Metadata", {}) | {METADATA: reasons}}
