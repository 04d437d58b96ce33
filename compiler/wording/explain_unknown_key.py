"""A key that the schema does not know -> what was probably meant, and where it belongs."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from compiler.diagnostics import suggest
from compiler.misspelling import unmistakable
from compiler.wording.foreign_words import translate
from compiler.wording.schema_walk import Schema, below, known_keys, reach
from compiler.words import Path, dotted, shorten

FEW = 8


def explain_unknown_key(key: str, path: Path, here: Schema, root: Schema) -> str:
    """The message for one unknown key of the mapping at `path`; `here` is the schema that refuses it."""
    parts = below(root, here)
    allowed = known_keys(parts)
    where = f" in {dotted(path)}" if path else ""
    for part in parts:
        if key in part.get("x-impossible", ()):
            return f"'{key}' is not possible{where}: {part['x-impossible'][key]}"
    hint = _meant(key, allowed) or _level(key, path, here, root) or suggest(key, allowed)
    return f"unknown key '{shorten(key)}'{where}{hint}{_listing(allowed)}"


def right_key(key: str, path: Path, here: Schema, root: Schema) -> str | None:
    """The allowed key that an unknown one can only mean; None when it may be anything else."""
    parts = below(root, here)
    allowed = known_keys(parts)
    impossible = any(key in part.get("x-impossible", ()) for part in parts)
    if impossible or _meant(key, allowed) or _level(key, path, here, root):
        return None
    return unmistakable(key, allowed)


def _meant(key: str, allowed: Collection[str]) -> str:
    right = translate(key, allowed)
    return f"; here it is called '{right}'" if right else ""


def _level(key: str, path: Path, here: Schema, root: Schema) -> str:
    """Where the same key is right, exactly one level up or down; nothing for several such places."""
    places = [*_above(key, path, root), *_below(key, path, here, root)]
    return f"; it belongs in {places[0]}" if len(places) == 1 else ""


def _above(key: str, path: Path, root: Schema) -> Iterator[str]:
    if path and key in known_keys(reach(root, path[:-1])):
        yield dotted(path[:-1]) or "the top level of the spec"


def _below(key: str, path: Path, here: Schema, root: Schema) -> Iterator[str]:
    for child in known_keys(below(root, here)):
        if key in known_keys(below(root, here, (child,))):
            yield dotted((*path, child))


def _listing(allowed: Collection[str]) -> str:
    if not allowed:
        return " (no keys are allowed here)"
    return f" (allowed: {', '.join(allowed)})" if len(allowed) <= FEW else ""
