"""Values with intrinsic functions -> the same as far as they are known before anything is deployed.

What the functions do: CloudFormation template reference, "Intrinsic function reference", 2026. What is not
known (attributes, names that AWS gives) stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from compiler.review.expressions import expression
from compiler.review.paths import is_intrinsic, scalar

_NOTHING = {"Ref": "AWS::NoValue"}
_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
_SCALARS = (str, int, float)


@dataclass(frozen=True)
class Known:
    """What is known in one stack: values by parameter, mappings, and which conditions hold."""

    values: Mapping[str, Any] = field(default_factory=dict)
    # Region, account and the like. They settle conditions and keys; elsewhere a reader wants them as written.
    pseudo: Mapping[str, str] = field(default_factory=dict)
    mappings: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, bool] = field(default_factory=dict)

    @cached_property
    def whole(self) -> Known:
        """The same, with pseudo parameters as values like any other: for comparing, not for reading."""
        return Known({**self.pseudo, **self.values}, self.pseudo, self.mappings, self.conditions)


def evaluated(value: Any, known: Known) -> Any:
    """The value with every function carried out whose arguments are known, and without any `AWS::NoValue`."""
    if is_intrinsic(value):
        ((name, argument),) = value.items()
        function = _FUNCTIONS.get(name)
        return function(argument, known) if function else {name: evaluated(argument, known)}
    if isinstance(value, Mapping):
        pairs = ((key, evaluated(item, known)) for key, item in value.items())
        return {key: item for key, item in pairs if item != _NOTHING}
    if isinstance(value, (list, tuple)):
        return [item for item in (evaluated(item, known) for item in value) if item != _NOTHING]
    return value


def alike(before: Any, after: Any) -> bool:
    """Whether two evaluated values come to the same, however they are written."""
    if is_intrinsic(before) and is_intrinsic(after):
        legible = _is_legible(before) and _is_legible(after)
        return before == after or (legible and expression(before) == expression(after))
    match before, after:
        case [*_], [*_]:
            return len(before) == len(after) and all(map(alike, before, after))
        case {**was}, {**now} if not (is_intrinsic(before) or is_intrinsic(after)):
            return was.keys() == now.keys() and all(alike(was[key], now[key]) for key in was)
        case ((str() | int() | float()), (str() | int() | float())):
            return scalar(before) == scalar(after)
    return bool(before == after)


def is_known(value: Any) -> bool:
    """Whether nothing is left in the value that only the deployment tells."""
    if is_intrinsic(value):
        return False
    if isinstance(value, Mapping):
        return all(map(is_known, value.values()))
    return not isinstance(value, (list, tuple)) or all(map(is_known, value))


def _is_legible(value: Any) -> bool:
    """Whether one text says all: in an argument of `Fn::Join`, `${A}` is no reference, but reads like one."""
    return "Fn::Join" not in value or not any("${" in str(part) for part in _literals(value["Fn::Join"]))


def _literals(value: Any) -> list[str]:
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in _literals(item)]
    return [value] if isinstance(value, str) else []


def _ref(name: Any, known: Known) -> Any:
    return known.values.get(name, {"Ref": name}) if isinstance(name, str) else {"Ref": name}


def _sub(argument: Any, known: Known) -> Any:
    text, own = argument, {}
    if isinstance(argument, (list, tuple)) and len(argument) == 2 and isinstance(argument[1], Mapping):
        text, own = argument[0], {key: evaluated(value, known) for key, value in argument[1].items()}
    if not isinstance(text, str):
        return {"Fn::Sub": evaluated(argument, known)}
    values = {**known.values, **own}
    names = {*_VARIABLE.findall(text)}
    settled = {name for name in names if isinstance(values.get(name), _SCALARS)}
    if settled == names:
        return _VARIABLE.sub(lambda found: scalar(values[found[1]]), text).replace("${!", "${")
    text = _VARIABLE.sub(lambda found: _kept(found, values, settled), text)
    left = {name: value for name, value in own.items() if name in names - settled}
    return {"Fn::Sub": [text, left] if left else text}


def _kept(found: re.Match[str], values: Mapping[str, Any], settled: set[str]) -> str:
    """The value, so written that it stays what it is inside `Fn::Sub`; the variable where it is not known."""
    return scalar(values[found[1]]).replace("${", "${!") if found[1] in settled else found[0]


def _join(argument: Any, known: Known) -> Any:
    found = evaluated(argument, known)
    match found:
        case [str(between), [*parts]] if all(isinstance(part, _SCALARS) for part in parts):
            return between.join(map(scalar, parts))
    return {"Fn::Join": found}


def _split(argument: Any, known: Known) -> Any:
    found = evaluated(argument, known)
    match found:
        case [str(between), str(text)] if between:
            return text.split(between)
    return {"Fn::Split": found}


def _select(argument: Any, known: Known) -> Any:
    found = evaluated(argument, known.whole)
    match found:
        case [int() | str() as at, [*items]] if str(at).isdigit() and int(at) < len(items):
            return items[int(at)]
    return {"Fn::Select": evaluated(argument, known)}


def _if(argument: Any, known: Known) -> Any:
    match argument:
        case [str(condition), yes, no] if condition in known.conditions:
            return evaluated(yes if known.conditions[condition] else no, known)
        case [condition, yes, no]:  # a branch of no value must stay in its place
            return {"Fn::If": [condition, evaluated(yes, known), evaluated(no, known)]}
    return {"Fn::If": argument}


def _find(argument: Any, known: Known) -> Any:
    keys = evaluated(argument, known.whole)
    found: Any = known.mappings
    for key in keys[:3] if isinstance(keys, list) and len(keys) >= 3 else [None]:
        found = found.get(scalar(key)) if isinstance(found, Mapping) and isinstance(key, _SCALARS) else None
    return {"Fn::FindInMap": evaluated(argument, known)} if found is None else found


_FUNCTIONS: dict[str, Callable[[Any, Known], Any]] = {
    "Ref": _ref,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Split": _split,
    "Fn::Select": _select,
    "Fn::If": _if,
    "Fn::FindInMap": _find,
    "Fn::Transform": lambda argument, known: {"Fn::Transform": argument},  # a macro sees what is written
}
