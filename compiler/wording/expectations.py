"""A schema that a value does not fit -> what must stand there, and how to get there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from compiler.diagnostics import suggest
from compiler.reading.scalars import NUMBER
from compiler.units import UNITS, WRITTEN, Dimension, quantity, respell
from compiler.wording.correct_name import fits
from compiler.words import TYPES, count, either, shown

MANY = 12
TRUTHS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


def expected(schema: Mapping[str, Any]) -> str:
    """What the schema wants, in words: its `x-form`, its allowed values, or its type."""
    if "x-form" in schema:
        return str(schema["x-form"])
    if "const" in schema or "enum" in schema:
        return one_of(allowed_values(schema))
    if "pattern" in schema:
        return f"text like {schema['pattern']}"
    return either([TYPES[name] for name in types(schema) if name != "null"] or ["another value"])


def types(schema: Mapping[str, Any]) -> list[str]:
    """The types the schema allows, as JSON Schema calls them; empty when it does not say."""
    found = schema.get("type", [])
    return [found] if isinstance(found, str) else list(found)


def allowed_values(schema: Mapping[str, Any]) -> list[Any]:
    """The values of `const` or `enum`; those with units by size, as people expect them."""
    values = [schema["const"]] if "const" in schema else list(schema["enum"])
    try:
        return sorted(values, key=quantity)
    except (TypeError, ValueError):
        return values


def one_of(values: Iterable[Any]) -> str:
    """`a`, `a or b`, `one of a, b or c`; a long list is cut."""
    words = [value if isinstance(value, str) and value else shown(value) for value in values]
    if len(words) > MANY:
        return f"one of {', '.join(words[:MANY])} and {len(words) - MANY} more"
    return f"one of {either(words)}" if len(words) > 2 else either(words or ["nothing"])


def near(value: Any, values: Iterable[Any]) -> str:
    """`; did you mean 'x'?` for a misspelled value."""
    texts = [text for text in values if isinstance(text, str)]
    if not isinstance(value, str):
        found = with_unit(value, texts)
        return f'; did you mean "{found[0]}"?' if found else ""
    same = [text for text in texts if text.lower().replace("_", "-") == value.lower().replace("_", "-")]
    if same:
        return f"; did you mean '{same[0]}'?"
    if by_size := _nearest_by_size(value, texts):
        return f"; the nearest is '{by_size}'"
    # Between version numbers "near" means nothing: 18.6 is not what 16.6 was meant to be.
    return suggest(value, texts) if re.search("[A-Za-z]", value) else ""


def with_unit(value: Any, texts: Iterable[str]) -> list[str]:
    """Those of the texts that are this value with a unit behind it."""
    return [text for text in texts if re.fullmatch(f"{re.escape(shown(value))}[A-Za-z%]+", text)]


def _nearest_by_size(value: str, texts: Iterable[str]) -> str:
    """Of values with units the one nearest in size: by its letters `2d` would be near to `270d`."""
    try:
        wanted, sized = quantity(value), [(quantity(text), text) for text in texts]
    except ValueError:
        return ""
    alike = [(abs(found.amount - wanted.amount), text) for found, text in sized if found[0] == wanted[0]]
    return min(alike)[1] if alike else ""


def between(low: Any, high: Any) -> str:
    """`from 2 to 10`, `at least 2`, `at most 10`."""
    if low is None or high is None:
        return f"at least {low}" if high is None else f"at most {high}"
    return f"exactly {low}" if low == high else f"from {low} to {high}"


def entries(low: int | None, high: int | None, noun: str) -> str:
    """`from 2 to 10 entries`, `at least 1 entry`."""
    last = high if high is not None else low or 0
    words = count(last, noun)
    return between(low, high).removesuffix(str(last)) + words


def advice(value: Any, schemas: Iterable[Mapping[str, Any]]) -> str:
    """`; remove the quotes` and the like: the small change that makes the value fit one of the schemas."""
    return next((f"; {found}" for schema in schemas for found in _advices(value, schema) if found), "")


def dimension(schema: Mapping[str, Any]) -> Dimension | None:
    """Which unit a text of this schema carries."""
    return next((name for name, form in WRITTEN.items() if schema.get("pattern") == form["pattern"]), None)


def _advices(value: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    wanted = types(schema)
    unit = dimension(schema)
    if unit:
        yield _unit(value, unit)
    elif "string" in wanted and isinstance(value, bool | int | float) and _fits_as_text(shown(value), schema):
        yield "put it in quotes"
    if isinstance(value, str):
        yield from _unquote(value, wanted)
    if "array" in wanted and isinstance(value, str | int | float):
        yield f"write [{shown(value)}]"


def _fits_as_text(text: str, schema: Mapping[str, Any]) -> bool:
    return fits(text, schema) and text in schema.get("enum", [text])


def _unit(value: Any, unit: Dimension) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return ""
    if value.isascii() and value.isdigit():
        right = either(shown(value[:12] + name) for name in UNITS[unit])
        return f"{value[:12]} needs a unit: write {right}"
    better = respell(value, unit)
    return f'did you mean "{better}"?' if better else ""


def _unquote(value: str, wanted: list[str]) -> Iterator[str]:
    if NUMBER.fullmatch(value) and ("number" in wanted or ("integer" in wanted and "." not in value)):
        yield "remove the quotes"
    if "boolean" in wanted and value.lower() in ("true", "false"):
        yield "remove the quotes"
    if "boolean" in wanted and value.lower() in TRUTHS:
        yield f"write {TRUTHS[value.lower()]}"
