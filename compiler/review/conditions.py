"""Conditions of policy statements, compared by what they admit."""

from __future__ import annotations

import re
from typing import NamedTuple

from compiler.review.patterns import covers

Condition = tuple[str, str, frozenset[str]]  # operator, key, values
Conditions = tuple[Condition, ...]
_PATTERNED = re.compile(r"like|arn", re.IGNORECASE)
_NEGATED = re.compile(r"not", re.IGNORECASE)


def stricter(strict: Conditions, loose: Conditions) -> bool:
    """Whether the first conditions admit nothing that the second do not."""
    return all(any(_within(condition, limit) for condition in strict) for limit in loose)


def _within(condition: Condition, limit: Condition) -> bool:
    (operator, key, values), (other, other_key, limits) = condition, limit
    mine, theirs = _operator(operator), _operator(other)
    if key.lower() != other_key.lower() or (mine.optional and not theirs.optional):
        return False
    if mine.name != theirs.name and (mine.name, theirs.name) not in _NARROWER:
        return False
    if _NEGATED.search(theirs.name):
        return limits <= values
    if _PATTERNED.search(theirs.name):
        return all(any(covers(each, value) for each in limits) for value in values)
    return values <= limits


class _Operator(NamedTuple):
    name: str  # in lower case
    optional: bool  # whether requests without the key fit too


def _operator(written: str) -> _Operator:
    name = written.lower()
    return _Operator(name.removesuffix("ifexists"), name.endswith("ifexists"))


# The first admits nothing that the second does not, where the values fit. `ArnEquals` and `ArnLike` are the
# same. Source: IAM user guide, "Condition operators", 2026.
_NARROWER = {("arnequals", "arnlike"), ("arnlike", "arnequals"), ("stringequals", "stringlike")}
