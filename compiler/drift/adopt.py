"""A finding + the spec -> the change of the spec that means what is live, proven by compiling it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from compiler.assembly import Assembly, Stack
from compiler.diagnostics import Fix, SpecError
from compiler.document import load
from compiler.drift.findings import Finding
from compiler.drift.guesses import guesses
from compiler.drift.pointers import NoPlaceError, Operation, changed, operation
from compiler.editing import edit
from compiler.model import Path, Platform
from compiler.review import meaning, schemas
from compiler.review.paths import difference

Compile = Callable[[str], tuple[Platform, Assembly]]  # the text of a spec -> one environment of it


@dataclass(frozen=True)
class Adopted:
    """What makes the spec mean what is live."""

    fix: Fix
    text: str  # of the whole spec with it
    override: bool  # whether the spec language has no words for it


@dataclass(frozen=True)
class Spec:
    """A spec as it is, and what one environment of it compiles to."""

    text: str
    file: str
    platform: Platform
    assembly: Assembly


def adopt(spec: Spec, finding: Finding, reason: str, compile_: Compile) -> Adopted | str:
    """The first change of the spec that compiles to the live value and changes nothing else; else why not.

    A property of the component is tried before an override of its resource.
    """
    component = spec.platform.components.get(finding.component)
    if component is None or component.adopted:
        return "it comes from no component of the spec that could say it"
    if finding.hidden or finding.leaf is None:
        return "a value that may be a secret, or a resource that is gone, is not written into a spec"
    resource = spec.assembly.stack(finding.stack).template["Resources"].get(finding.logical_id)
    if resource is None:
        return "the spec no longer makes this resource: deploy the spec instead"
    try:
        made = operation(resource, finding.leaf)
    except NoPlaceError:
        return "the template computes what is around this value, so that nothing can be put in its place"
    settings = spec.platform.values_at(component.path)
    for path, value, override in _tries(settings, finding, made, reason):
        whole = (*component.path, *path)
        found = _tried(spec, finding, made, Fix("set", _place(spec, whole), value), compile_)
        if found:
            return replace(found, override=override)
    return "nothing that the spec can say compiles to just this"


def _tries(
    settings: Mapping[str, Any], finding: Finding, made: Operation, reason: str
) -> Iterator[tuple[Path, Any, bool]]:
    """Where in the component to say what, the best first; the last one is an override."""
    assert finding.leaf is not None
    for path, value in guesses(settings, finding.leaf):
        yield path, value, False
    patch = {"resource": finding.logical_id, "patch": [made], "reason": reason}
    yield ("overrides",), [*(settings.get("overrides") or ()), patch], True


def _place(spec: Spec, path: Path) -> tuple[str | int, ...]:
    """Where the document is to say it: for this environment alone, unless that is the only one."""
    name = spec.platform.environment.name
    own: Path = ("environments", name)
    home = spec.platform.home(path)
    document = load(spec.text.encode(), spec.file)
    if home[:2] == own or len(document.data["environments"]) == 1:
        return home
    return (*own, *path)


def _tried(spec: Spec, finding: Finding, made: Operation, fix: Fix, compile_: Compile) -> Adopted | None:
    """The change, if the spec takes it and compiles to the live value and to nothing else that is new."""
    with contextlib.suppress(SpecError):
        text, done = edit.apply(spec.text, [fix], spec.file)
        if done:
            _, assembly = compile_(text)
            if _is_just(spec.assembly, assembly, finding, made):
                return Adopted(fix, text, override=False)
    return None


def _is_just(before: Assembly, after: Assembly, finding: Finding, made: Operation) -> bool:
    """Whether the one resource, and nothing else, has become what is live."""
    if [stack.name for stack in before.stacks] != [stack.name for stack in after.stacks]:
        return False
    pairs = zip(before.stacks, after.stacks, strict=True)
    return all(_is_as_wanted(old, new, finding, made) for old, new in pairs)


def _is_as_wanted(old: Stack, new: Stack, finding: Finding, made: Operation) -> bool:
    if old.name != finding.stack:
        return bool(old.template == new.template)
    wanted = changed(old.template["Resources"][finding.logical_id], made)
    found = new.template["Resources"].get(finding.logical_id) or {}
    others = [_without(stack.template, finding.logical_id) for stack in (old, new)]
    return others[0] == others[1] and _are_alike(wanted, found)


def _without(template: Mapping[str, Any], logical_id: str) -> dict[str, Any]:
    resources = {name: each for name, each in template["Resources"].items() if name != logical_id}
    return {**template, "Resources": resources}


def _are_alike(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether two resources are the same but for how it is written, and for why it is overridden."""
    schema = schemas.provider_schema(str(wanted.get("Type"))) or {}
    one, other = (dict(each.get("Properties") or {}) for each in (wanted, found))
    attributes = [
        {key: each[key] for key in each if key not in ("Properties", "Metadata")} for each in (wanted, found)
    ]
    if attributes[0] != attributes[1] or one.keys() != other.keys():
        return False
    return not any([*difference(*meaning.alike(one[name], other[name], schema, name))] for name in one)
