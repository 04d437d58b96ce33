"""What a template says and what AWS reports of it -> both written alike, as far as they mean the same.

Which lists have no order: `uniqueItems` and `insertionOrder` of the CloudFormation provider schemas.
Policies: IAM user guide, "IAM JSON policy elements reference", 2026 (one value and a list of it are the
same, and the order of values never matters).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from compiler.review.paths import MISSING, is_intrinsic, scalar

Schema = Mapping[str, Any]
_ANY: Schema = {}
_VALUES = ("Action", "NotAction", "Resource", "NotResource")
# Not all schemas say of these that they have no order.
_SETS = re.compile(r"(Subnet|SecurityGroup)(Id)?s$")
_DEFAULT_VERSION = "2008-10-17"  # what a policy without one has


def alike(expected: Any, actual: Any, schema: Schema, name: str) -> tuple[Any, Any]:
    """Both values of the property `name`, so that what differs between them differs in earnest.

    `schema` is the provider schema of the resource's type; an empty one where there is none.
    """
    about = _inside(schema, name, schema)
    return _alike(expected, actual, about, schema)


def is_default(value: Any, schema: Schema, path: Sequence[str]) -> bool:
    """Whether a value at a path of the properties is what AWS takes when none is given, or is empty."""
    if value in ("", [], {}):
        return True
    about: Schema = _resolved(schema, schema)
    for part in path:
        about = _inside(about, part, schema)
    return "default" in about and _text(about["default"]) == _text(value)


def _alike(expected: Any, actual: Any, about: Schema, schema: Schema) -> tuple[Any, Any]:
    expected, actual = _parsed(expected, actual), _parsed(actual, expected)
    if _is_policy(expected) and _is_policy(actual):
        return _policy(expected), _policy(actual)
    if isinstance(expected, Mapping) and isinstance(actual, Mapping) and not is_intrinsic(expected):
        return _maps(expected, actual, about, schema)
    if isinstance(expected, (list, tuple)) and isinstance(actual, (list, tuple)):
        return _lists(list(expected), list(actual), about, schema)
    return (expected, expected) if _is_same_number(expected, actual) else (expected, actual)


def _is_same_number(expected: Any, actual: Any) -> bool:
    """`5`, `5.0` and `"5"`; of two texts nobody knows whether they are numbers, or versions."""
    both = (expected, actual)
    if any(isinstance(side, bool) for side in both) or not any(
        isinstance(side, (int, float)) for side in both
    ):
        return False
    try:
        return float(expected) == float(actual)
    except (TypeError, ValueError):
        return False


def _parsed(value: Any, other: Any) -> Any:
    """A structure that is written as text, where the other side is a structure, or reads as one too."""
    structured = isinstance(other, (Mapping, list)) or (isinstance(other, str) and other[:1] in ("{", "["))
    if isinstance(value, str) and structured and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _maps(
    expected: Mapping[str, Any], actual: Mapping[str, Any], about: Schema, schema: Schema
) -> tuple[dict[str, Any], dict[str, Any]]:
    one, other = dict(expected), dict(actual)
    for key in one.keys() & other.keys():
        one[key], other[key] = _alike(one[key], other[key], _inside(about, key, schema), schema)
    return one, other


def _lists(
    expected: list[Any], actual: list[Any], about: Schema, schema: Schema
) -> tuple[list[Any], list[Any]]:
    items = _resolved(schema, about.get("items"))
    if _is_set(about) or _are_tags(expected):
        actual = _in_order_of(expected, actual, items, schema)
    pairs = [_alike(one, other, items, schema) for one, other in zip(expected, actual, strict=False)]
    many = len(pairs)
    return (
        [one for one, _ in pairs] + expected[many:],
        [other for _, other in pairs] + actual[many:],
    )


def _is_set(about: Schema) -> bool:
    return about.get("insertionOrder") is False or about.get("uniqueItems") is True


def _are_tags(items: list[Any]) -> bool:
    """Whether these are tags, which AWS gives in any order."""
    return all(isinstance(item, Mapping) and item.keys() == {"Key", "Value"} for item in items)


def _in_order_of(expected: list[Any], actual: list[Any], items: Schema, schema: Schema) -> list[Any]:
    """The actual items, each that is also expected in the place where it is expected, as far as that goes."""
    left = list(actual)
    placed: list[Any] = []
    for wanted in expected:
        found = next((at for at, item in enumerate(left) if _same(wanted, item, items, schema)), None)
        placed.append(MISSING if found is None else left.pop(found))
    rest = iter(left)
    filled = [next(rest, MISSING) if item is MISSING else item for item in placed]
    return [item for item in filled if item is not MISSING] + list(rest)


def _same(expected: Any, actual: Any, items: Schema, schema: Schema) -> bool:
    one, other = _alike(expected, actual, items, schema)
    return _text(one) == _text(other)


def _text(value: Any) -> str:
    """One text for values that are the same to CloudFormation: `1` and `"1"`, `true` and `"true"`."""
    return json.dumps(_scalars(value), sort_keys=True)


def _scalars(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _scalars(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_scalars(item) for item in value]
    return scalar(value)


def _inside(about: Schema, part: str, schema: Schema) -> Schema:
    """What the schema says of a part of what `about` describes; nothing where it says nothing."""
    found = (about.get("properties") or {}).get(part)
    inner = _resolved(schema, found if found is not None else about.get("items"))
    return {**inner, "insertionOrder": False} if _SETS.search(part) else inner


def _resolved(schema: Schema, about: Any) -> Schema:
    """The description itself, where it only refers to one of the definitions."""
    while isinstance(about, Mapping) and "$ref" in about:
        found: Any = schema
        for part in str(about["$ref"]).removeprefix("#/").split("/"):
            found = found.get(part, _ANY) if isinstance(found, Mapping) else _ANY
        # The words beside a reference count too.
        about = {**found, **{key: about[key] for key in about if key != "$ref"}}
    return about if isinstance(about, Mapping) else _ANY


def _is_policy(value: Any) -> bool:
    return isinstance(value, Mapping) and "Statement" in value and not is_intrinsic(value)


def _policy(policy: Mapping[str, Any]) -> dict[str, Any]:
    """A policy with every list of values sorted, and its statements in the order of their meaning."""
    statements = [_statement(each) for each in _listed(policy["Statement"])]
    version = policy.get("Version", _DEFAULT_VERSION)
    return {**policy, "Version": version, "Statement": sorted(statements, key=_text)}


def _statement(statement: Any) -> Any:
    if not isinstance(statement, Mapping):
        return statement
    found = dict(statement)
    for key in _VALUES:
        if key in found:
            found[key] = _sorted(found[key])
    for key in ("Principal", "NotPrincipal"):
        if isinstance(found.get(key), Mapping):
            found[key] = {kind: _sorted(values) for kind, values in found[key].items()}
    if isinstance(found.get("Condition"), Mapping):
        found["Condition"] = {
            operator: {key: _sorted(value) for key, value in tests.items()}
            if isinstance(tests, Mapping)
            else tests
            for operator, tests in found["Condition"].items()
        }
    return found


def _sorted(values: Any) -> list[Any]:
    return sorted(_listed(values), key=_text)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]
