"""Details of a described resource change -> leaves for the rules, and property changes for the reader."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from compiler.review.case import Resource, properties
from compiler.review.changes import PropertyChange, Recreation
from compiler.review.expressions import references
from compiler.review.paths import MISSING, UNKNOWN, Item, Leaf, Path, difference, dotted, scalar
from compiler.review.values import HIDDEN, shown

_RECREATIONS: dict[str, Recreation] = {"Always": "always", "Conditionally": "maybe"}
_RANK: dict[Recreation, int] = {"never": 0, "maybe": 1, "always": 2}


def leaves(described: Mapping[str, Any], before: Resource | None, after: Resource) -> tuple[Leaf, ...]:
    """The leaves that differ: between the two contexts when both are there, else from the details alone."""
    if before is not None:
        attributes = {*before, *after} - {"Type", "Properties"}
        return (
            *difference(properties(before), properties(after)),
            *(leaf for a in sorted(attributes) for leaf in difference(before.get(a), after.get(a), (a,))),
        )
    return tuple(_merged(described).values())


def revert(after: Resource, differing: tuple[Leaf, ...]) -> Resource:
    """The resource as it was, as far as the details tell: the new one with the known old values put back."""
    found: dict[str, Any] = copy.deepcopy(dict(after))
    for leaf in differing:
        if leaf.before is not UNKNOWN:
            inside = found if leaf.path[0] in _ATTRIBUTES else found.setdefault("Properties", {})
            _put(inside, leaf.path, leaf.before)
    return found


def shown_details(described: Mapping[str, Any], template: Mapping[str, Any]) -> tuple[PropertyChange, ...]:
    """One property change per path, in order; several details of one path become the most serious of them."""
    resource = (template.get("Resources") or {}).get(described["LogicalResourceId"]) or {}
    hidden = _no_echo(template)
    return tuple(
        _property_change(leaf, secret=_is_secret(resource, leaf.path, hidden))
        for _, leaf in sorted(_merged(described).items(), key=lambda pair: dotted(pair[0]))
    )


_ATTRIBUTES = {"Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy", "UpdateReplacePolicy"}


def _property_change(leaf: Leaf, secret: bool) -> PropertyChange:
    before, after = shown(leaf)
    if secret:
        before, after = before and HIDDEN, after and HIDDEN
    return PropertyChange(dotted(leaf.path), before, after, leaf.recreation)


def _merged(described: Mapping[str, Any]) -> dict[Path, Leaf]:
    """One leaf per path; CloudFormation gives a detail per cause: the edit, the parameter, the reference."""
    found: dict[Path, Leaf] = {}
    for leaf in map(_leaf, described.get("Details") or ()):
        known = found.get(leaf.path)
        if known is None or _RANK[leaf.recreation] > _RANK[known.recreation]:
            found[leaf.path] = leaf
    return found


def _leaf(detail: Mapping[str, Any]) -> Leaf:
    target = detail.get("Target") or {}
    recreation = _RECREATIONS.get(target.get("RequiresRecreation", ""), "never")
    kind = target.get("AttributeChangeType")
    before = MISSING if kind == "Add" else _value(target, "BeforeValue")
    after = MISSING if kind == "Remove" else _value(target, "AfterValue")
    # What is live comes first: the rest of the description may still mean what was deployed.
    if "ActualValue" in (target.get("Drift") or {}):
        before = _value(target["Drift"], "ActualValue")
    return Leaf(_path(target), before, after, recreation)


def _path(target: Mapping[str, Any]) -> Path:
    """`/Properties/Volumes/0/Name` -> `Volumes[0].Name`; without a path, the property's name."""
    parts = [part for part in str(target.get("Path") or "").split("/") if part]
    if parts[:1] == ["Properties"]:
        parts = parts[1:]
    if not parts:
        parts = [str(target.get("Name") or target.get("Attribute") or "Properties")]
    return tuple(Item(part) if part.isdigit() else part for part in parts)


def _value(target: Mapping[str, Any], name: str) -> Any:
    """Structures come as JSON text; scalars as they are."""
    text = target.get(name)
    if text is None:
        return UNKNOWN
    if str(text)[:1] in "[{" and not str(text).startswith("{{"):
        try:
            return json.loads(text)
        except ValueError:
            return text  # CloudFormation truncates large values
    return text


def _put(inside: Any, path: Path, value: Any) -> None:
    """Sets the value, or takes it away; a path that leads nowhere is left alone."""
    *way, last = path
    for part in way:
        inside = _step(inside, part)
    if isinstance(inside, dict) and value is MISSING:
        inside.pop(last, None)
    elif isinstance(inside, dict):
        inside[last] = value
    elif isinstance(inside, list) and last.isdigit() and int(last) < len(inside):
        inside[int(last)] = value


def _step(inside: Any, part: str) -> Any:
    if isinstance(inside, Mapping):
        return inside.get(part)
    if isinstance(inside, (list, tuple)) and part.isdigit() and int(part) < len(inside):
        return inside[int(part)]
    return None


def _no_echo(template: Mapping[str, Any]) -> set[str]:
    declared = template.get("Parameters") or {}
    return {name for name, each in declared.items() if scalar(each.get("NoEcho", "")).lower() == "true"}


def _is_secret(resource: Resource, path: Path, hidden: set[str]) -> bool:
    """Whether the template takes the value, or something in or around it, from a NoEcho parameter."""
    return bool(hidden.intersection(name for value in _along(resource, path) for name in references(value)))


def _along(resource: Resource, path: Path) -> Iterator[Any]:
    value: Any = properties(resource)
    for part in path:
        value = _step(value, part)
        if isinstance(value, Mapping) and len(value) == 1:
            yield value
    yield value


def is_secret(resource: Resource, path: Path, template: Mapping[str, Any]) -> bool:
    """Whether the template takes the value of a property, or something in or around it, from a NoEcho
    parameter.
    """
    return _is_secret(resource, path, _no_echo(template))


def property_path(target: Mapping[str, Any]) -> Path:
    """The path of what a detail, or an attribute that is not compared, is about."""
    return _path(target)


def value_of(target: Mapping[str, Any], name: str) -> Any:
    """One of the values that CloudFormation gives as text; UNKNOWN without it."""
    return _value(target, name)
