"""An error of the schema validator -> what is wrong in the spec, in its own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from compiler.diagnostics import Fix
from compiler.wording.correct_name import correct
from compiler.wording.expectations import advice, allowed_values, between, entries, expected, near, one_of
from compiler.wording.explain_unknown_key import explain_unknown_key, right_key
from compiler.wording.mended_value import mended
from compiler.wording.schema_walk import Schema, admits, below
from compiler.words import Path, dotted, shorten, shown, with_type

Error = Any  # jsonschema.ValidationError, whose module is imported late


class Problem(NamedTuple):
    """One thing to say, about the key or the value at a path."""

    path: Path
    about: str  # "key" or "value"
    code: str
    message: str
    fix: Fix | None = None


def explain(error: Error, root: Schema) -> Iterator[Problem]:
    """What an error means; at least one problem. Errors that choose between alternatives are not for here."""
    path = tuple(error.absolute_path)
    found = list(EXPLANATIONS.get(error.validator, _other)(error, path, root))
    yield from found or _other(error, path, root)


def subject(path: Path) -> str:
    """How a message names the value at `path`."""
    return dotted(path) or "the spec"


def no_value(path: Path) -> Problem:
    """A key with nothing behind it."""
    what = "item" if path and isinstance(path[-1], int) else "key"
    return Problem(path, "key", "E103", f"{subject(path)} has no value; write one or remove the {what}")


def _value(path: Path, code: str, message: str, fix: Fix | None = None) -> Problem:
    return Problem(path, "value", code, f"{subject(path)} {message}", fix)


def _type(error: Error, path: Path, root: Schema) -> Iterator[Problem]:
    if error.instance is None:
        yield no_value(path)
        return
    message = f"must be {expected(error.schema)}, not {with_type(error.instance)}"
    fix = mended(path, error.instance, [error.schema])
    yield _value(path, "E103", message + advice(error.instance, [error.schema]), fix)


def _enum(error: Error, path: Path, root: Schema) -> Iterator[Problem]:
    if error.instance is None:
        yield no_value(path)
        return
    values = allowed_values(error.schema)
    message = f"must be {one_of(values)}, not {shown(error.instance)}"
    yield _value(
        path, "E104", message + near(error.instance, values), mended(path, error.instance, (), values)
    )


def _pattern(error: Error, path: Path, root: Schema) -> Iterator[Problem]:
    message = f"must be {expected(error.schema)}, not {shown(error.instance)}"
    help_ = advice(error.instance, [error.schema])
    better = None if help_ else correct(error.instance, error.schema)
    # A name is corrected where a rule for names is given; other texts have no one right spelling.
    if better and "name" in expected(error.schema):
        help_ = f"; write '{better}'"
    yield _value(path, "E105", message + help_, mended(path, error.instance, [error.schema]))


def _range(error: Error, path: Path, root: Schema) -> Iterator[Problem]:
    schema = error.schema
    if "exclusiveMinimum" in schema or "exclusiveMaximum" in schema:
        limits = [f"more than {schema['exclusiveMinimum']}"] if "exclusiveMinimum" in schema else []
        limits += [f"at least {schema['minimum']}"] if "minimum" in schema else []
        limits += [f"less than {schema['exclusiveMaximum']}"] if "exclusiveMaximum" in schema else []
        limits += [f"at most {schema['maximum']}"] if "maximum" in schema else []
        yield _value(path, "E106", f"must be {' and '.join(limits)}, not {shown(error.instance)}")
        return
    limits_ = between(schema.get("minimum"), schema.get("maximum"))
    yield _value(path, "E106", f"must be {limits_}, not {shown(error.instance)}{_instead(error)}")


def _quantity(error: Error, path: Path, root: Schema) -> Iterator[Problem]:
    limits = between(error.schema.get("x-minimum"), error.schema.get("x-maximum"))
    yield _value(path, "E106", f"must be {limits}, not {error.instance}{_instead(error)}")


def _multiple(error: Error, path: Path, root: Schema) -> Iterator[Problem]:
    yield _value(path, "E106", f"must be a multiple of {error.validator_value}, not {shown(error.instance)}")


def _length(error: Error, path: Path, root: Schema) -> Iterator[Problem]:
    if error.instance == "":
        yield _value(path, "E105", "must not be empty")
        return
    limits = entries(error.schema.get("minLength"), error.schema.get("maxLength"), "character")
    yield _value(path, "E105", f"must have {limits}, not {len(error.instance)}: {shown(error.instance)}")


def _size(error: Error, path: Path, root: Schema) -> Iterator[Problem]:
    which = "Items" if isinstance(error.instance, list) else "Properties"
    limits = entries(error.schema.get(f"min{which}"), error.schema.get(f"max{which}"), "entry")
    found = len(error.instance) or "none"
    yield _value(path, "E107", f"must have {limits}, not {found}{_instead(error)}")


def _instead(error: Error) -> str:
    """What to do for whoever wants more than there can be."""
    over = error.validator in ("maximum", "exclusiveMaximum", "x-maximum", "maxItems", "maxProperties")
    return f"; {error.schema['x-advice']}" if over and "x-advice" in error.schema else ""


def _unique(error: Error, path: Path, root: Schema) -> Iterator[Problem]:
    for index, item in enumerate(error.instance):
        earlier = error.instance.index(item)
        if earlier < index:
            message = f"lists {shown(item)} twice; remove one"
            fix = Fix("remove", (*path, index))
            yield Problem((*path, index), "value", "E107", f"{subject(path)} {message}", fix)


def _required(error: Error, path: Path, root: Schema) -> Iterator[Problem]:
    for key in error.validator_value:
        if key not in error.instance:
            message = f"{subject(path)} needs the key '{key}'{_example(key, error.schema, root)}"
            values = _every_value(below(root, error.schema, (key,)))
            fix = Fix("set", (*path, key), values[0]) if len(values) == 1 else None
            yield Problem(path, "key", "E102", message, fix)


def _dependent(error: Error, path: Path, root: Schema) -> Iterator[Problem]:
    for key, needed in error.validator_value.items():
        for other in needed:
            if key in error.instance and other not in error.instance:
                yield Problem(path, "key", "E102", f"{subject(path)} needs the key '{other}' beside '{key}'")


def _unknown(error: Error, path: Path, root: Schema) -> Iterator[Problem]:
    here = error.schema if error.validator == "unevaluatedProperties" else _own_part(error.schema)
    parts = below(root, here)
    for key in error.instance:
        if not admits(parts, key):
            right = right_key(key, path, here, root)
            fix = Fix("rename", (*path, key), right) if right and right not in error.instance else None
            yield Problem((*path, key), "key", "E101", explain_unknown_key(key, path, here, root), fix)


def _name(error: Error, path: Path, root: Schema) -> Iterator[Problem]:
    name, rule = error.instance, error.schema
    better = correct(name, rule)
    place = f" in {dotted(path)}" if path else ""
    wrong = f"must be {expected(rule)}"
    if "pattern" not in rule or re.search(rule["pattern"], name):
        low, high = rule.get("minLength"), rule.get("maxLength")
        wrong = f"must have {entries(low, high, 'character')}, not {len(name)}" if low or high else wrong
    tail = f"; write '{better}'" if better else ""
    yield Problem((*path, name), "key", "E105", f"the name '{shorten(name)}'{place} {wrong}{tail}")


def _forbidden(error: Error, path: Path, root: Schema) -> Iterator[Problem]:
    yield Problem(path, "key", "E101", f"{subject(path)} is not allowed here; remove it")


def _other(error: Error, path: Path, root: Schema) -> Iterator[Problem]:
    """A keyword without words of its own."""
    schema = error.schema if isinstance(error.schema, dict) else {}
    if "x-form" in schema:
        yield _value(path, "E105", f"must be {schema['x-form']}, not {with_type(error.instance)}")
    else:
        yield _value(path, "E105", f"does not allow {with_type(error.instance)} in this form")


def _own_part(schema: Schema) -> Schema:
    """`additionalProperties` sees only the keywords beside it, not what `$ref` or `allOf` add."""
    own = ("properties", "patternProperties", "x-impossible")
    return {key: schema[key] for key in own if key in schema}


def _example(key: str, schema: Schema, root: Schema) -> str:
    """`; write schema_version: 1` when there is only one right value, or an example of the schema."""
    for part in below(root, schema, (key,)):
        values = allowed_values(part) if "const" in part or "enum" in part else []
        if len(values) == 1:
            return f"; write {key}: {_as_yaml(values[0])}"
        shown_ = [value for value in part.get("examples", ()) if not isinstance(value, dict | list)]
        if shown_:
            return f", such as {key}: {_as_yaml(shown_[0])}"
    return ""


def _every_value(parts: list[Schema]) -> list[Any]:
    """All values that the parts of a schema allow; none when they allow more than can be listed."""
    plain = [part for part in parts if not part.keys() & {"$ref", "allOf", "anyOf", "oneOf"}]
    if any("const" not in part and "enum" not in part for part in plain):
        return []
    return list(dict.fromkeys(value for part in plain for value in allowed_values(part)))


def _as_yaml(value: Any) -> str:
    return (
        value if isinstance(value, str) and re.fullmatch("[A-Za-z][A-Za-z0-9_./-]*", value) else shown(value)
    )


EXPLANATIONS: dict[Any, Callable[[Error, Path, Schema], Iterator[Problem]]] = {
    "type": _type,
    "enum": _enum,
    "const": _enum,
    "pattern": _pattern,
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _range),
    **dict.fromkeys(("x-minimum", "x-maximum"), _quantity),
    "multipleOf": _multiple,
    **dict.fromkeys(("minLength", "maxLength"), _length),
    **dict.fromkeys(("minItems", "maxItems", "minProperties", "maxProperties"), _size),
    "uniqueItems": _unique,
    "required": _required,
    "dependentRequired": _dependent,
    **dict.fromkeys(("additionalProperties", "unevaluatedProperties"), _unknown),
    "propertyNames": _name,
    "forbidden": _forbidden,
}
