"""Both sides of a drifted resource: all properties, whatever CloudFormation gave of them."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from compiler.deploy.doors.drift import Difference, ResourceDrift
from compiler.review.paths import MISSING


def whole(drift: ResourceDrift, written: Mapping[str, Any]) -> ResourceDrift:
    """The drift with all properties of both sides, also where CloudFormation gives the differences alone.

    `written` are the properties of the deployed template.
    """
    if drift.expected is not None and drift.actual is not None:
        return drift
    expected = drift.expected or written
    actual = copy.deepcopy(dict(expected))
    for each in drift.differences:
        value = MISSING if each.kind == "REMOVE" else _value(each.actual)
        if path := parts(each):
            _put(actual, path, value)
    return replace(drift, expected=expected, actual=actual)


def _put(inside: Any, path: Sequence[str], value: Any) -> None:
    """Sets what is at a path, or takes it away; what lacks on the way is made."""
    part, *rest = path
    if isinstance(inside, list):
        number = int(part) if part.isdigit() else len(inside)
        if number >= len(inside):
            inside.append({})
        _set(inside, min(number, len(inside) - 1), rest, value)
    elif isinstance(inside, dict):
        if rest:
            inside.setdefault(part, [] if rest[0].isdigit() else {})
        _set(inside, part, rest, value)


def _set(inside: Any, key: Any, rest: Sequence[str], value: Any) -> None:
    if rest:
        _put(inside[key], rest, value)
    elif value is not MISSING:
        inside[key] = value
    elif isinstance(inside, list) or key in inside:
        del inside[key]


def parts(found: Difference) -> list[str]:
    """The keys and numbers that lead to what differs."""
    return [part.replace("~1", "/").replace("~0", "~") for part in found.path.split("/") if part]


def _value(text: str) -> Any:
    """Structures come as JSON text; scalars as they are."""
    if text[:1] in ("[", "{"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
