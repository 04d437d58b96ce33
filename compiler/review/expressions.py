"""Intrinsic functions -> one canonical text, and the names that they refer to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from compiler.review.paths import is_intrinsic, scalar

_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
# A replacement gives every address anew but keeps the port, which is a property of ours.
_KEPT = re.compile(r"(^|\.)Ports?$")


def expression(value: Any) -> str:
    """One text for a value: `Ref`, `Fn::GetAtt`, `Fn::Sub` and `Fn::Join` all read as `${Name.Attribute}`.

    Equal meanings written by different functions give equal texts, so policies can be compared by them.
    """
    if is_intrinsic(value):
        ((name, argument),) = value.items()
        return _WRITERS.get(name, lambda other: f"!{name.removeprefix('Fn::')} {_compact(other)}")(argument)
    return scalar(value) if isinstance(value, (str, int, float)) else _compact(value)


def references(value: Any) -> Iterator[str]:
    """The names a value depends on: `Name` of a resource or parameter, `Mappings.Name`, `Conditions.Name`.

    An attribute counts both as its resource and by itself, as `Name.Attribute`.
    """
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from references(item)
    elif is_intrinsic(value):
        ((name, argument),) = value.items()
        yield from _named(name, argument)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from references(item)


def _named(function: str, argument: Any) -> Iterator[str]:
    if function == "Ref":
        yield str(argument)
    elif function == "Fn::GetAtt":
        yield from _attribute(_dotted(argument))
    elif function == "Fn::Sub":
        yield from _substituted(argument)
    else:
        first = argument[0] if isinstance(argument, (list, tuple)) and argument else None
        if function in _TABLES and isinstance(first, str):
            yield f"{_TABLES[function]}.{first}"
        yield from references(argument)


_TABLES = {"Fn::FindInMap": "Mappings", "Fn::If": "Conditions"}


def _attribute(name: str) -> Iterator[str]:
    logical_id, _, attribute = name.partition(".")
    if attribute:
        yield name
    if not _KEPT.search(attribute):
        yield logical_id


def _substituted(argument: Any) -> Iterator[str]:
    text, variables = _sub(argument)
    for name in _VARIABLE.findall(text):
        if name not in variables:
            yield from _attribute(name)
    yield from references(variables)


def _sub(argument: Any) -> tuple[str, Mapping[str, Any]]:
    if isinstance(argument, (list, tuple)) and len(argument) == 2 and isinstance(argument[1], Mapping):
        return str(argument[0]), argument[1]
    return str(argument), {}


def _dotted(argument: Any) -> str:
    parts = argument if isinstance(argument, (list, tuple)) else (argument,)
    return ".".join(expression(part) for part in parts)


def _write_sub(argument: Any) -> str:
    text, variables = _sub(argument)
    return _VARIABLE.sub(
        lambda found: expression(variables[found[1]]) if found[1] in variables else found[0], text
    )


def _write_join(argument: Any) -> str:
    if isinstance(argument, (list, tuple)) and len(argument) == 2 and isinstance(argument[1], (list, tuple)):
        return str(argument[0]).join(expression(part) for part in argument[1])
    return f"!Join {_compact(argument)}"


def _compact(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


_WRITERS = {
    "Ref": lambda name: f"${{{name}}}",
    "Fn::GetAtt": lambda argument: f"${{{_dotted(argument)}}}",
    "Fn::Sub": _write_sub,
    "Fn::Join": _write_join,
}
