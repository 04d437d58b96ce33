"""The splices that take a key with its value, or an item of a list, out of a spec."""

from __future__ import annotations

import re

from compiler.editing.amend import UnfitError
from compiler.editing.setting import comma_after, replace
from compiler.editing.splice import Splice, begins_line, ends_line, line_end, line_start, next_line
from compiler.editing.tree import Entry, Node, Tree
from compiler.words import Path


def remove(tree: Tree, path: Path) -> list[Splice]:
    """What removes the entry at a path; a mapping or list without any becomes `{}` or `[]`."""
    holder, around = tree.root, None
    for step in path[:-1]:
        around, holder = (holder, _entry(holder, step)), _entry(holder, step).node
    entry = _entry(holder, path[-1])
    if len(holder.entries) > 1:
        return _from_braces(tree, holder, entry) if holder.flow else _from_lines(tree, holder, entry)
    empty: dict[str, object] | list[object] = {} if holder.kind == "mapping" else []
    if around is None:
        return [Splice(holder.start, holder.end, "{}")]
    return replace(tree, *around, empty)


def _entry(node: Node, key: str | int) -> Entry:
    found = node.entry(key)
    if found is None:
        raise UnfitError
    return found


def _from_lines(tree: Tree, holder: Node, entry: Entry) -> list[Splice]:
    """Whole lines, with a comment at their end; of the first one behind a `-`, only what is behind that."""
    text = tree.text
    start = entry.start if holder.kind == "mapping" else _dash(text, holder, entry)
    if begins_line(text, start):
        return [Splice(line_start(text, start), next_line(text, entry.end))]
    follower = holder.entries[holder.entries.index(entry) + 1]
    following = follower.start if holder.kind == "mapping" else _dash(text, holder, follower)
    if text[line_end(text, entry.end) : following].strip():  # comments about the next one
        return [Splice(len(text[:start].rstrip(" ")), line_end(text, entry.end))]
    return [Splice(start, following)]


def _dash(text: str, holder: Node, entry: Entry) -> int:
    """Where the item of a list begins: all of its dashes stand in one column."""
    number = holder.entries.index(entry)
    if number == 0:
        return holder.start
    column = holder.start - line_start(text, holder.start)
    found = re.compile(rf"[\r\n] {{{column}}}-").search(text, holder.entries[number - 1].end)
    if found is None:
        raise UnfitError
    return found.end() - 1


def _from_braces(tree: Tree, holder: Node, entry: Entry) -> list[Splice]:
    text = tree.text
    comma = comma_after(text, entry.end)
    if comma is None:
        return _last(tree, holder, entry)
    end = comma + 1
    if begins_line(text, entry.start) and ends_line(text, end):
        return [Splice(line_start(text, entry.start), next_line(text, end))]
    number = holder.entries.index(entry)
    following = holder.entries[number + 1].start if entry is not holder.entries[-1] else end
    if "#" in text[end:following] or following == end:
        following = end + len(text[end:]) - len(text[end:].lstrip(" \t"))
    return [Splice(entry.start, following)]


def _last(tree: Tree, holder: Node, entry: Entry) -> list[Splice]:
    """The comma before it goes as well; what is said about its neighbour stays."""
    text = tree.text
    before = holder.entries[holder.entries.index(entry) - 1]
    comma = comma_after(text, before.end)
    if comma is None:
        raise UnfitError
    if begins_line(text, entry.start) and ends_line(text, entry.end):
        lines = Splice(line_start(text, entry.start), next_line(text, entry.end))
        return [Splice(comma, comma + 1), lines]
    if "#" in text[before.end : entry.start]:
        return [Splice(comma, comma + 1), Splice(entry.start, entry.end)]
    return [Splice(before.end, entry.end)]
