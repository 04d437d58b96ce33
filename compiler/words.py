"""Paths and values -> the words that messages about a spec use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

Path = tuple[str | int, ...]

LONGEST = 60
PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+")
TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}


def dotted(path: Iterable[str | int]) -> str:
    """`services.ingest.ports[0]`; a key with other signs in it stands in quotes: `routes."GET /x".to`."""
    written = "".join(f"[{step}]" if isinstance(step, int) else f".{_key(step)}" for step in path)
    return written.removeprefix(".")


def shorten(text: str) -> str:
    """The text, cut where it becomes too long for a message."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def shown(value: Any) -> str:
    """A value as JSON, shortened; of lists and mappings only what they are."""
    if isinstance(value, list | dict):
        return TYPES["array" if isinstance(value, list) else "object"]
    return shorten(json.dumps(value, ensure_ascii=False))


def with_type(value: Any) -> str:
    """`the number 5`, `text "5"`, `a list`."""
    if isinstance(value, str):
        return f"text {shown(value)}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"the number {shown(value)}"
    return shown(value)


def either(words: Iterable[str]) -> str:
    """`a, b or c`."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def count(number: int, noun: str) -> str:
    """`1 entry`, `3 entries`."""
    many = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else many}"


def figure(value: float) -> str:
    """`12,500`, `4.88`, `0.2`: a number as people read it, with three digits where it is no whole one."""
    whole = value == int(value) or value >= 100
    return f"{value:,.0f}" if whole else f"{value:.3g}"


def _key(key: str) -> str:
    return key if PLAIN_KEY.fullmatch(key) else shorten(json.dumps(key, ensure_ascii=False))


def article(noun: str) -> str:
    """`a stream`, `an api`."""
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"
