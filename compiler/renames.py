"""Components that were deployed under another name: what they were called, and names that contradict it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Diagnostic
from compiler.model import Component, Platform
from compiler.registry import all_kinds


def renames(platform: Platform) -> dict[str, str]:
    """What each renamed component was called before, by its name."""
    found = {name: component.renamed_from for name, component in platform.components.items()}
    return {name: was for name, was in sorted(found.items()) if was}


def rename_problems(platform: Platform) -> Iterator[Diagnostic]:
    """E210: former names that another component has or had, or that no component can have had."""
    first: dict[str, str] = {}
    for component in platform.components.values():
        was = component.renamed_from
        if was is None or component.adopted:
            continue
        other = first.setdefault(was, component.name)
        if message := _wrong(component, was, other, platform):
            position = platform.position((*component.path, "renamed_from"))
            yield Diagnostic(position, "E210", message)


def _wrong(component: Component, was: str, other: str, platform: Platform) -> str:
    if all_kinds()[component.kind].singleton:
        return f"there is one {component.kind} only, so it was never called '{was}'; remove `renamed_from`"
    if was == component.name:
        return f"'{was}' is what the component is called now; remove `renamed_from`, or say the former name"
    if was in platform.components:
        return (
            f"'{was}' is another component of this spec, so '{component.name}' cannot take over what it has; "
            f"remove '{was}', or remove `renamed_from`"
        )
    if other != component.name:
        return f"'{other}' was called '{was}' too, and only one can take over what that had; choose one"
    return ""
