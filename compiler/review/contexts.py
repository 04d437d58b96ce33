"""A described change without values -> the same with those that the two templates hold.

A change set may be described without property values: an endpoint can leave them out, and CloudFormation does
so for what it cannot resolve. The rules then see at least what the templates say, references unresolved.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Template = Mapping[str, Any]
Described = Mapping[str, Any]


def completed(described: Described, before: Template, after: Template) -> Described:
    """A modification with contexts and values; anything else, and any that has its contexts, as it is."""
    name = described["LogicalResourceId"]
    old, new = ((side.get("Resources") or {}).get(name) for side in (before, after))
    if described["Action"] != "Modify" or "BeforeContext" in described or not (old and new):
        return described
    details = [_valued(detail, old, new) for detail in described.get("Details") or ()]
    contexts = {"BeforeContext": json.dumps(old), "AfterContext": json.dumps(new)}
    return {**described, **contexts, "Details": details}


def _valued(detail: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]) -> Mapping[str, Any]:
    target = detail.get("Target") or {}
    if "BeforeValue" in target or "AfterValue" in target:
        return detail
    sides = {"BeforeValue": _at(old, target), "AfterValue": _at(new, target)}
    return {**detail, "Target": {**target, **{key: text for key, text in sides.items() if text is not None}}}


def _at(resource: Any, target: Mapping[str, Any]) -> str | None:
    """The value that a target names, as CloudFormation writes values; None when there is none."""
    attribute, name = target.get("Attribute", "Properties"), target.get("Name")
    parts = [part for part in str(target.get("Path") or "").split("/") if part]
    value = resource
    for part in parts or [attribute, *([name] if name else [])]:
        value = _step(value, part)
    if value is None:
        return None
    return json.dumps(value) if isinstance(value, (Mapping, list)) else _text(value)


def _step(value: Any, part: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(part)
    if isinstance(value, list) and part.isdigit() and int(part) < len(value):
        return value[int(part)]
    return None


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
