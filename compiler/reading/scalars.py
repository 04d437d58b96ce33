"""A plain YAML word or a JSON number -> text, number, truth value or nothing."""

from __future__ import annotations

import math
import re

from compiler.words import shorten

# The rules are narrower than YAML's: `yes`, `0755`, `0x1F`, `22:22`, `1_000`, `1e5`, `2027-03-01` and `1.4.2`
# are text. So what YAML 1.1 writers leave unquoted stays text, and an account id keeps its first 0.
NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(\.[0-9]+(?:[eE][-+][0-9]+)?)?")
NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
MAX_DIGITS = 300  # beyond it a number no longer fits a float, and int() refuses at 4,300


def plain(text: str) -> str | int | float | bool | None:
    """The value of an unquoted YAML word; ValueError (a sentence) for infinity, NaN and huge numbers."""
    if text in WORDS:
        return WORDS[text]
    found = NUMBER.fullmatch(text)
    if found:
        return number(text)
    if NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a number that a spec can use; write a real limit, or remove the key")
    return text


def number(text: str) -> int | float:
    """The value of a JSON number; ValueError (a sentence) when it is too large."""
    if len(text) > MAX_DIGITS:
        raise ValueError(f"a number of {len(text)} characters is too long; put it in quotes if it is text")
    if text.lstrip("+-").isdigit():
        return int(text)
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"the number {shorten(text)} is too large; put it in quotes if it is text")
    return value
