"""A wrong word and the right ones -> the one that must have been meant."""

from __future__ import annotations

import re
from collections.abc import Iterable

from compiler.diagnostics import nearest

# Of words shorter than this, one letter is too much of the whole to tell a slip from another word.
SHORTEST = 4
LONG = 8  # from here on two slips may be one word


def unmistakable(wrong: str, right: Iterable[str]) -> str | None:
    """The right word that a misspelled one can only mean; None when it could be another, or none at all.

    Much stricter than the words that a message suggests, for nobody looks at it before it is written.
    """
    known = sorted(set(right))
    found = nearest(wrong, known)
    slips = [word for word in known if _is_slip(wrong, word)]
    return found if found is not None and slips == [found] else None


def _is_slip(wrong: str, right: str) -> bool:
    if _letters(wrong) == _letters(right):
        return True
    few = 1 if len(wrong) < LONG else 2
    if len(wrong) < SHORTEST or abs(len(wrong) - len(right)) > few or _digits(wrong) != _digits(right):
        return False
    return _distance(wrong.lower(), right.lower()) <= few


def _letters(word: str) -> str:
    """`retentionPeriod`, `retention-period` and `retention_period` are one word."""
    return re.sub("[_-]", "", word).lower()


def _digits(word: str) -> str:
    return re.sub("[^0-9]", "", word)


def _distance(one: str, other: str) -> int:
    """How many letters are wrong, missing, too many, or changed places with their neighbour."""
    rows: list[list[int]] = [[*range(len(other) + 1)]]
    for i, a in enumerate(one, 1):
        row: list[int] = [i]
        for j, b in enumerate(other, 1):
            best = min(row[-1] + 1, rows[-1][j] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
