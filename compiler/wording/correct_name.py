"""A badly formed name -> the nearest well-formed one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any


def correct(name: str, rule: Mapping[str, Any]) -> str | None:
    """`my_queue` -> `my-queue`, in the style that the rule's pattern asks for; None when no style fits."""
    if "pattern" not in rule:
        return None
    return next((better for better in _styles(name) if better != name and fits(better, rule)), None)


def fits(name: str, rule: Mapping[str, Any]) -> bool:
    """Whether the name keeps the rule's pattern and lengths."""
    long_enough = len(name) >= rule.get("minLength", 0)
    short_enough = len(name) <= rule.get("maxLength", len(name))
    return long_enough and short_enough and bool(re.search(rule.get("pattern", ""), name))


def _styles(name: str) -> Iterator[str]:
    words = re.findall("[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)
    yield "-".join(words).lower()
    yield "_".join(words).lower()
    yield "_".join(words).upper()
    yield "".join(word[:1].upper() + word[1:] for word in words)
