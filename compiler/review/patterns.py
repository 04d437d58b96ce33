"""Patterns of IAM compared with each other: whether one matches all that the other does."""

from __future__ import annotations

import re
from functools import lru_cache


def covers(pattern: str, other: str) -> bool:
    """Whether everything that `other` matches, `pattern` matches too; `*` in `other` is any text."""
    return pattern in (other, "*") or bool(_pattern(pattern).fullmatch(other))


@lru_cache(maxsize=4096)
def covers_action(pattern: str, other: str) -> bool:
    """`covers` for actions, which know no case."""
    return covers(pattern.lower(), other.lower())


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> re.Pattern[str]:
    parts = (".*" if c == "*" else "[^*]" if c == "?" else re.escape(c) for c in pattern)
    return re.compile("".join(parts), re.DOTALL)
