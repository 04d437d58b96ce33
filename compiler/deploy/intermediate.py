"""Live stacks + moves -> their templates after the moves and nothing else, as CloudFormation takes them.

A refactor may change no property, and add no parameter. What now comes from another stack is therefore
written as the value that it has; the ordinary update that follows wires it. Source: CloudFormation user
guide, "Stack refactoring", considerations, 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from compiler.deploy.errors import RefusedError
from compiler.review.changes import Relocation
from compiler.review.moves import Place, emptied, homes_of
from compiler.review.relocated import moved, outlet
from compiler.review.rewriting import Path, Reference, Resolve, references

# What keeps a stack from being empty, which CloudFormation does not allow; it makes nothing.
PLACEHOLDER = "FormworkPlaceholder"
HANDLE = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
_TOLD = "FormworkMoving"  # how outputs begin that are there for a refactor only


@dataclass(frozen=True)
class Parts:
    """A live stack: its template, and the values that its names stand for."""

    template: Mapping[str, Any]
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]
    physical: Mapping[str, str]  # by logical id


def templates(stacks: Mapping[str, Parts], moves: tuple[Relocation, ...]) -> dict[str, dict[str, Any]]:
    """By stack; RefusedError when a value that must be written down cannot be had."""
    homes = homes_of(moves)
    resources: dict[str, dict[str, Any]] = {name: {} for name in stacks}
    outputs: dict[str, dict[str, Any]] = {name: {} for name in stacks}
    for stack, parts in stacks.items():
        for name, resource in (parts.template.get("Resources") or {}).items():
            home = homes.get(Place(stack, name), Place(stack, name))
            resolve = _resolve(stack, home.stack, parts, homes)
            resources[home.stack][home.logical_id] = moved(resource, stack, home.stack, homes, resolve)
        for name, output in (parts.template.get("Outputs") or {}).items():
            if not name.startswith(_TOLD):
                home_stack, there = outlet(output, stack, homes)
                outputs[home_stack].setdefault(name, there)
    return {name: _template(parts, resources[name], outputs[name]) for name, parts in stacks.items()}


def prepared(
    stacks: Mapping[str, Parts], moves: tuple[Relocation, ...], kept: tuple[Place, ...]
) -> dict[str, dict[str, Any]]:
    """What must be deployed first, by stack: outputs that tell values, what keeps it from being empty, and a
    policy on what stays in AWS when it leaves its template. Nothing for stacks that are fine as they are.
    """
    bare = set(emptied({name: parts.template for name, parts in stacks.items()}, moves))
    found = {}
    for name, parts in stacks.items():
        told, own = _untold(name, parts, moves), {each.logical_id for each in kept if each.stack == name}
        own -= {each for each in own if _is_kept(parts.template["Resources"].get(each))}
        if name in bare or told or own:
            found[name] = _with(parts.template, told, own)
    return found


def check(stacks: Mapping[str, Parts], moves: tuple[Relocation, ...]) -> None:
    """RefusedError when a value that must be written down will not be had."""
    ready = {}
    for name, parts in stacks.items():
        told = _untold(name, parts, moves)
        outputs = {**(parts.template.get("Outputs") or {}), **told}
        values = {**dict.fromkeys(told, ""), **parts.outputs}
        ready[name] = replace(parts, template={**parts.template, "Outputs": outputs}, outputs=values)
    templates(ready, moves)


def _with(template: Mapping[str, Any], told: Mapping[str, Any], kept: set[str]) -> dict[str, Any]:
    resources = {
        name: {**resource, "DeletionPolicy": "Retain"} if name in kept else resource
        for name, resource in template["Resources"].items()
    }
    outputs = {**(template.get("Outputs") or {}), **told}
    rest = {key: value for key, value in template.items() if key != "Outputs"}
    sections = {"Outputs": outputs} if outputs else {}
    return {**rest, **sections, "Resources": {**resources, PLACEHOLDER: HANDLE}}


def _is_kept(resource: Mapping[str, Any] | None) -> bool:
    return resource is None or resource.get("DeletionPolicy") == "Retain"


def _template(parts: Parts, resources: Mapping[str, Any], outputs: Mapping[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in parts.template.items() if key not in ("Resources", "Outputs")}
    return {**rest, "Resources": resources, **({"Outputs": outputs} if outputs else {})}


def _resolve(stack: str, home: str, parts: Parts, homes: Mapping[Place, Place]) -> Resolve:
    resources = parts.template.get("Resources") or {}
    declared = parts.template.get("Parameters") or {}

    def resolve(found: Reference, _path: Path) -> Any:
        if found.name in resources:
            place = homes.get(Place(stack, found.name), Place(stack, found.name))
            if place.stack == home:
                return Reference(place.logical_id, found.attribute).expression
            return _value(stack, parts, found)
        if found.name in declared and home != stack:
            return _given(stack, parts, found.name)
        return found.expression

    return resolve


def _value(stack: str, parts: Parts, found: Reference) -> Any:
    """What a reference to a resource of a stack comes to."""
    if found.attribute is None and found.name in parts.physical:
        return parts.physical[found.name]
    name = _output(parts, found)
    if name is None or name not in parts.outputs:
        raise RefusedError(
            f"{found.name}.{found.attribute or 'Ref'} of stack {stack} is not known, and what moves away "
            "from it needs the value",
            "run again; if it stays so, leave the component in the `stack` where it is",
        )
    return parts.outputs[name]


def _output(parts: Parts, found: Reference) -> str | None:
    """The output of the stack that tells a value."""
    told = (parts.template.get("Outputs") or {}).items()
    return next((name for name, output in told if [*references(output.get("Value"))] == [found]), None)


def _given(stack: str, parts: Parts, name: str) -> Any:
    declared = parts.template["Parameters"][name]
    value = parts.parameters.get(name, declared.get("Default"))
    if value is None or str(declared.get("NoEcho", "")).lower() == "true":
        raise RefusedError(
            f"parameter {name} of stack {stack} is not shown, and what moves away from it needs the value",
            "leave the component in the `stack` where it is",
        )
    kind = str(declared.get("Type", ""))
    is_list = kind == "CommaDelimitedList" or kind.startswith("List<")
    return [part.strip() for part in str(value).split(",")] if is_list else value


def _untold(stack: str, parts: Parts, moves: tuple[Relocation, ...]) -> dict[str, Any]:
    """Outputs for the attributes that are needed elsewhere after the moves and that no output tells."""
    homes, resources = homes_of(moves), parts.template.get("Resources") or {}
    found = {}
    for name, resource in resources.items():
        home = homes.get(Place(stack, name), Place(stack, name)).stack
        for each in references(resource):
            place = homes.get(Place(stack, each.name), Place(stack, each.name))
            crosses = each.name in resources and place.stack != home
            if crosses and each.attribute and _output(parts, each) is None:
                found[f"{_TOLD}{each.name}{each.attribute.replace('.', '')}"] = {"Value": each.expression}
    return found
