"""A wrong value -> the right one, where only one can have been meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from compiler.diagnostics import Fix
from compiler.misspelling import unmistakable
from compiler.reading.scalars import NUMBER, number
from compiler.units import respell
from compiler.wording.correct_name import fits
from compiler.wording.expectations import TRUTHS, dimension, types, with_unit
from compiler.words import Path

Schema = Mapping[str, Any]


def mended(path: Path, value: Any, schemas: Iterable[Schema] = (), values: Iterable[Any] = ()) -> Fix | None:
    """The fix that sets the value at a path so that it fits one of the schemas, or is one of the values."""
    found = [better for schema in schemas for better in _as_wanted(value, schema)]
    found += _one_of(value, [*values])
    distinct = list({(type(better), better): better for better in found}.values())
    return Fix("set", path, distinct[0]) if len(distinct) == 1 else None


def _as_wanted(value: Any, schema: Schema) -> Iterator[Any]:
    unit = dimension(schema)
    if unit and isinstance(value, str):
        better = respell(value, unit, sure=True)
        yield from [better] if better else []
    elif isinstance(value, str):
        yield from _unquoted(value, types(schema))
    # A number with a fraction may have been written with more zeros than it has now: version 1.10.
    elif isinstance(value, int) and "string" in types(schema) and not unit:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        yield from [text] if fits(text, schema) and text in schema.get("enum", [text]) else []


def _unquoted(value: str, wanted: list[str]) -> Iterator[Any]:
    if NUMBER.fullmatch(value) and ("number" in wanted or ("integer" in wanted and "." not in value)):
        yield from _number(value)
    if "boolean" in wanted:
        truth = TRUTHS.get(value.lower(), value.lower())
        yield from [truth == "true"] if truth in ("true", "false") else []


def _number(text: str) -> Iterator[int | float]:
    try:
        yield number(text)
    except ValueError:  # too large
        return


def _one_of(value: Any, values: list[Any]) -> Iterator[Any]:
    texts = [text for text in values if isinstance(text, str)]
    if isinstance(value, str):
        right = unmistakable(value, texts)
        yield from [right] if right is not None else []
        numbers = [one for one in values if isinstance(one, int | float) and not isinstance(one, bool)]
        yield from (one for one in numbers if str(one) == value)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from (text for text in texts if text == str(value))
        yield from with_unit(value, texts)
