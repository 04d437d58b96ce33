"""Text and fixes -> the text with them made, each proven by reading the result."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from compiler.diagnostics import Fix, SpecError
from compiler.document import load
from compiler.editing.amend import UnfitError, amend, clash, written
from compiler.editing.removing import remove
from compiler.editing.setting import set_value
from compiler.editing.spell import spell
from compiler.editing.splice import Splice, spliced
from compiler.editing.tree import Entry, Node, Tree, parse
from compiler.words import Path

Data = Mapping[str, Any]


def apply(text: str, fixes: Sequence[Fix], file: str) -> tuple[str, list[Fix]]:
    """The text of a spec with as many fixes as go together, and which those are, in the order given.

    Of fixes that touch the same part only the first is made; so are those left out after which the spec
    would not read as it should. The text must be one that `document.load` takes.
    """
    chosen: list[Fix] = []
    for fix in fixes:
        if not any(clash(fix, other) for other in chosen):
            chosen.append(fix)
    tree, data = parse(text, file), load(text.encode(), file).data
    # The last first, so that what is before it stays where it is.
    ordered = sorted(chosen, key=lambda fix: _place(tree.root, fix.path), reverse=True)
    try:
        return _all(tree, data, ordered, file), chosen
    except UnfitError:
        text, made = _one_by_one(text, data, ordered, file)
    waiting = [fix for fix in fixes if fix not in chosen]
    if waiting and not made:
        return apply(text, waiting, file)  # what they had to wait for was not possible
    return text, [fix for fix in chosen if any(fix is each for each in made)]


def _all(tree: Tree, data: Data, fixes: Sequence[Fix], file: str) -> str:
    """All fixes in one go, which is much faster; UnfitError when one cannot be made or two come close."""
    wanted, found = data, list[Splice]()
    for fix in fixes:
        wanted = amend(wanted, fix)
        found += _splices(tree, fix)
    found.sort(key=lambda splice: splice.start)
    if any(one.end >= other.start for one, other in itertools.pairwise(found)):
        raise UnfitError
    _check(spliced(tree.text, found), wanted, file)
    return spliced(tree.text, found)


def _one_by_one(text: str, data: Data, fixes: Sequence[Fix], file: str) -> tuple[str, list[Fix]]:
    made: list[Fix] = []
    for fix in fixes:
        with contextlib.suppress(UnfitError):
            found, data = _proven(text, data, fix, file)
            text = spliced(text, found)
            made.append(fix)
    return text, made


def splices(text: str, fix: Fix, file: str) -> list[Splice]:
    """The replacements that one fix is; UnfitError when the text would not read as meant then."""
    found, _ = _proven(text, load(text.encode(), file).data, fix, file)
    return found


def _proven(text: str, before: Data, fix: Fix, file: str) -> tuple[list[Splice], Data]:
    """The splices, and what the spec says with them; UnfitError when that is not what was meant."""
    wanted = amend(before, fix)
    found = _splices(parse(text, file), fix)
    _check(spliced(text, found), wanted, file)
    return found, wanted


def _check(text: str, wanted: Data, file: str) -> None:
    """UnfitError when a text does not say what is wanted."""
    try:
        found = load(text.encode(), file).data
    except SpecError as error:
        raise UnfitError from error
    if written(found) != written(wanted):
        raise UnfitError


def _splices(tree: Tree, fix: Fix) -> list[Splice]:
    try:
        if fix.action == "set":
            return set_value(tree, fix.path, fix.value)
        return remove(tree, fix.path) if fix.action == "remove" else _rename(tree, fix)
    except ValueError as error:  # infinity, or a colon that is not where it should be
        raise UnfitError from error


def _rename(tree: Tree, fix: Fix) -> list[Splice]:
    holder, entry = _walk(tree.root, fix.path)
    if entry is None or len(fix.path) == 0:
        raise UnfitError
    quotes = tree.text[entry.start] if tree.text[entry.start] in "'\"" else ""
    name = spell(fix.value, flow=holder.flow, as_json=tree.json, quotes=quotes)
    return [Splice(entry.start, entry.key_end, name)]


def _place(root: Node, path: Path) -> tuple[int, int]:
    """Sorts fixes as their places in the text; of two at one place, the deeper one comes behind."""
    holder, entry = _walk(root, path)
    return (entry.start if entry else holder.start), len(path)


def _walk(node: Node, path: Path) -> tuple[Node, Entry | None]:
    """The entry at a path and what holds it; or the deepest thing there is on the way."""
    holder, entry = node, None
    for step in path:
        holder = entry.node if entry else node
        found = holder.entry(step)
        if found is None:
            return holder, None
        entry = found
    return holder, entry
