"""A template's value -> the same with every reference to a resource or parameter as it is to be written now.

The functions that refer are Ref, Fn::GetAtt and Fn::Sub. Source: CloudFormation template reference,
"Intrinsic function reference", 2026.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

Path = tuple[str | int, ...]
_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")


class Reference(NamedTuple):
    """What is referred to; without an attribute it is what Ref gives."""

    name: str
    attribute: str | None = None

    @property
    def expression(self) -> dict[str, Any]:
        """As a template writes it."""
        if self.attribute is None:
            return {"Ref": self.name}
        return {"Fn::GetAtt": [self.name, self.attribute]}


# What stands for a reference at this place: an expression, or a plain text.
Resolve = Callable[[Reference, Path], Any]


def rewritten(value: Any, resolve: Resolve, path: Path = ()) -> Any:
    """The value with what `resolve` says in place of each reference; the rest is left as it is."""
    if isinstance(value, list):
        return [rewritten(item, resolve, (*path, index)) for index, item in enumerate(value)]
    if not isinstance(value, Mapping):
        return value
    if (found := reference(value)) is not None:
        return resolve(found, path)
    if len(value) == 1 and "Fn::Sub" in value:
        return _substituted(value["Fn::Sub"], resolve, path)
    return {key: rewritten(item, resolve, (*path, key)) for key, item in value.items()}


def references(value: Any) -> Iterator[Reference]:
    """Every reference in a value, of pseudo parameters too."""
    found: list[Reference] = []

    def noted(each: Reference, _path: Path) -> Any:
        found.append(each)
        return each.expression

    rewritten(value, noted)
    yield from found


def reference(value: Mapping[str, Any]) -> Reference | None:
    """What Ref or Fn::GetAtt in a value means; None for everything else."""
    if len(value) != 1:
        return None
    ((function, given),) = value.items()
    if function == "Ref" and isinstance(given, str):
        return Reference(given)
    if function != "Fn::GetAtt":
        return None
    parts = given.split(".", 1) if isinstance(given, str) else given
    return Reference(parts[0], parts[1]) if all(isinstance(part, str) for part in parts) else None


def _substituted(given: Any, resolve: Resolve, path: Path) -> Any:
    text, own = given if isinstance(given, list) else (given, {})
    results = {}
    for name in _VARIABLE.findall(text):
        if name not in own:
            target, dot, attribute = name.strip().partition(".")
            results[name] = resolve(Reference(target, attribute if dot else None), path)
    for result in results.values():
        if isinstance(result, Mapping) and reference(result) is None:
            return result  # it stands for the whole text
    text = _VARIABLE.sub(lambda hit: _variable(hit.group(0), results.get(hit.group(1))), text)
    if not own:
        return {"Fn::Sub": text}
    return {"Fn::Sub": [text, rewritten(own, resolve, (*path, "Fn::Sub", 1))]}


def _variable(written: str, result: Any) -> str:
    """What stands in a text of Fn::Sub for one of its variables."""
    if result is None:
        return written
    found = reference(result) if isinstance(result, Mapping) else None
    if found is None:
        return str(result).replace("${", "${!")
    return f"${{{found.name}}}" if found.attribute is None else f"${{{found.name}.{found.attribute}}}"
