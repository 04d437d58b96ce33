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
    """A modification with contexts, its own or else the templates', and values; others as they are."""
    contexts = [described[key] for key in _CONTEXTS if key in described]
    if len(contexts) < len(_CONTEXTS):
        name = described["LogicalResourceId"]
        sides = [(side.get("Resources") or {}).get(name) for side in (before, after)]
        contexts = [json.dumps(side) for side in sides if side]
    if described["Action"] != "Modify" or len(contexts) < len(_CONTEXTS):
        return described
    old, new = map(_parsed, contexts)
    details = [_valued(detail, old, new) for detail in described.get("Details") or ()]
    return {**described, **dict(zip(_CONTEXTS, contexts, strict=True)), "Details": details}


_CONTEXTS = ("BeforeContext", "AfterContext")


def _parsed(context: Any) -> Any:
    try:
        return json.loads(context)
    except (TypeError, ValueError):
        return None


def _valued(detail: Mapping[str, Any], old: Any, new: Any) -> Mapping[str, Any]:
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
