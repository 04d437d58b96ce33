"""A live value + a component's spec -> what the spec might say to mean it; each is tried first."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from compiler.model import Path
from compiler.review.paths import MISSING, Item, Leaf, scalar

# How specs write numbers that templates have bare: factor of the unit -> its words.
_UNITS: tuple[tuple[str, int], ...] = (
    ("d", 86_400),
    ("h", 3_600),
    ("m", 60),
    ("s", 1),
    ("d", 24),
    ("h", 1),
    ("d", 1),
    ("KiB", 1_024),
    ("MiB", 1_048_576),
    ("GiB", 1_024),
    ("MiB", 1),
    ("GiB", 1),
    ("%", 1),
)
_ALIKE = 0.55  # how near two names must be to be tried without a value that says so
_MOST = 40  # guesses that are tried: each is a whole compilation


def guesses(spec: Mapping[str, Any], leaf: Leaf) -> list[tuple[Path, Any]]:
    """Paths inside the component with the value to try there, the most likely first."""
    if leaf.after is MISSING or isinstance(leaf.after, Mapping):
        return []
    ranked = [
        (rank, path, value)
        for path, current in _leaves(spec)
        for rank, value in _values(path, current, leaf)
        if value != current
    ]
    ordered = sorted(ranked, key=lambda each: (-each[0], [str(part) for part in each[1]]))
    found: list[tuple[Path, Any]] = []
    for _, path, value in ordered:
        if (path, value) not in found:
            found.append((path, value))
    return found[:_MOST]


def _values(path: Path, current: Any, leaf: Leaf) -> Iterator[tuple[float, Any]]:
    """Values to try at one path, each with how likely it is to be meant."""
    near = _nearness(path, leaf)
    if isinstance(current, bool) or scalar(leaf.after) in ("true", "false"):
        if isinstance(current, bool) and near > _ALIKE / 2:
            yield near, not current
        return
    told = current is not None and leaf.before is not MISSING and current in _spellings(leaf.before)
    if told or near >= _ALIKE:
        for number, value in enumerate(_spellings(leaf.after)):
            same = type(value) is type(current) or current is None
            yield near + (2 if told else 0) + (1 if same else 0) - number / 100, value


def _spellings(value: Any) -> list[Any]:
    """The ways in which a spec may write a template's value."""
    if isinstance(value, list):
        return [value]
    number = _number(value)
    if number is None:
        return [value]
    return [
        number,
        *(f"{number // factor}{unit}" for unit, factor in _UNITS if number and number % factor == 0),
        str(value),
    ]


def _number(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value) else None


def _nearness(path: Path, leaf: Leaf) -> float:
    """How alike the last names of both are, `visibility_timeout` and `VisibilityTimeout` being the same."""
    name = next((str(part) for part in reversed(leaf.path) if not isinstance(part, Item)), "")
    own = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    one, other = (re.sub(r"[^a-z0-9]", "", text.lower()) for text in (name, own))
    if one and other and (one in other or other in one):
        return 0.9
    return difflib.SequenceMatcher(None, one, other).ratio()


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every scalar and every list of scalars; connections and overrides are no settings."""
    for key in value:
        inner, here = value[key], (*path, key)
        if here[0] in ("connections", "overrides", "existing"):
            continue
        if isinstance(inner, Mapping):
            yield from _leaves(inner, here)
        elif not isinstance(inner, list) or not any(isinstance(item, (dict, list)) for item in inner):
            yield here, inner
