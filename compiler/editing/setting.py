"""The splices that give a key a value, whether it is there already or not."""

from __future__ import annotations

import re
from typing import Any

from compiler.editing.amend import UnfitError
from compiler.editing.spell import spell
from compiler.editing.splice import Splice, begins_line, line_break, line_end, line_start
from compiler.editing.tree import BLOCK_SCALARS, Entry, Node, Tree
from compiler.words import Path

# The keys that open a spec; all others are added behind what is there.
FIRST = ("schema_version",)
GAP = re.compile(r"(?:[ \t\r\n]|(?<=[ \t\r\n])#[^\r\n]*)*")


def set_value(tree: Tree, path: Path, value: Any) -> list[Splice]:
    """What sets the value at a path, with all that is missing around it."""
    node = tree.root
    for depth, step in enumerate(path):
        entry = node.entry(step)
        if entry is None:
            return insert(tree, node, str(step), _chain(path[depth + 1 :], value))
        if depth == len(path) - 1:
            return replace(tree, node, entry, value)
        if tree.is_empty(entry.node):
            return replace(tree, node, entry, _chain(path[depth + 1 :], value))
        node = entry.node
    raise UnfitError


def replace(tree: Tree, holder: Node, entry: Entry, value: Any) -> list[Splice]:
    """What writes a value in the place of the one that an entry has."""
    node = entry.node
    written = spell(value, flow=holder.flow, as_json=tree.json, quotes=node.style)
    below = node.kind != "scalar" and not node.flow and line_start(tree.text, node.start) > entry.key_end
    if holder.kind == "mapping" and below:
        return _instead_of_block(tree, entry, written)
    if node.style in BLOCK_SCALARS:
        comment = re.match("[^ \t\r\n]*([ \t]+#[^\r\n]*)?", tree.text[node.start : node.end])
        return [Splice(node.start, node.end, written + ((comment and comment[1]) or ""))]
    if node.start == node.end:
        return [_after_nothing(tree, holder, entry, written)]
    return [Splice(node.start, node.end, written)]


def _after_nothing(tree: Tree, holder: Node, entry: Entry, written: str) -> Splice:
    """A value behind `key:`, behind `-`, or behind a key that stands alone in braces."""
    if holder.kind == "mapping" and ":" not in tree.text[entry.key_end : entry.node.start]:
        return Splice(entry.key_end, entry.key_end, f": {written}")
    at = entry.node.start
    if tree.text[at - 1 : at] in (" ", "\t"):
        return Splice(at, at, written)
    end = line_end(tree.text, at)
    return Splice(at, at if tree.text[at:end].strip() else end, f" {written}")


def _instead_of_block(tree: Tree, entry: Entry, written: str) -> list[Splice]:
    """`key:` with lines below it becomes one line, whose comment stays."""
    colon = tree.text.index(":", entry.key_end) + 1
    last = line_end(tree.text, entry.end)
    return [Splice(colon, colon, f" {written}"), Splice(line_end(tree.text, colon), last)]


def insert(tree: Tree, node: Node, key: str, value: Any) -> list[Splice]:
    """What adds a key to a mapping."""
    if node.kind != "mapping":
        raise UnfitError
    name = spell(key, flow=node.flow, as_json=tree.json)
    entry = f"{name}: {spell(value, flow=node.flow, as_json=tree.json)}"
    if not node.flow:
        return _new_line(tree, node, entry, first=key in FIRST)
    if not node.entries:
        return [_into_braces(tree, node, entry)]
    if key in FIRST:
        return [_in_front(tree, node, entry)]
    return _behind(tree, node, entry)


def _new_line(tree: Tree, node: Node, entry: str, first: bool) -> list[Splice]:
    """A line with the indentation of the others; what stands behind a `-` is no place for the first one."""
    indentation = " " * (node.start - line_start(tree.text, node.start))
    if first and begins_line(tree.text, node.start):
        at = line_start(tree.text, node.start)
        return [Splice(at, at, indentation + entry + line_break(tree.text))]
    at = line_end(tree.text, node.entries[-1].end)
    line = Splice(at, at, line_break(tree.text) + indentation + entry)
    return [*_without_line_end(tree, node), line] if at == len(tree.text) else [line]


def _without_line_end(tree: Tree, node: Node) -> list[Splice]:
    """A text block that the file ends with lacks the line end that it gets when something follows it."""
    while node.entries:
        node = node.entries[-1].node
    if node.style not in BLOCK_SCALARS:
        return []
    header = re.compile("[|>]([0-9]?)([+-]?)").match(tree.text, node.start)
    return [Splice(header.start(2), header.end(2), "-")] if header else []


def _into_braces(tree: Tree, node: Node, entry: str) -> Splice:
    if tree.text[node.start : node.end].strip("{} \t\r\n"):  # a comment
        return Splice(node.start + 1, node.start + 1, entry)
    return Splice(node.start, node.end, "{" + entry + "}")


def _in_front(tree: Tree, node: Node, entry: str) -> Splice:
    at = node.entries[0].start
    between = ", "
    if begins_line(tree.text, at) and line_start(tree.text, at) > 0:
        start = line_start(tree.text, at)
        between = "," + line_break(tree.text) + tree.text[start:at]
    return Splice(at, at, entry + between)


def _behind(tree: Tree, node: Node, entry: str) -> list[Splice]:
    """Beside the last entry, or on a line of its own where that has one."""
    text, last = tree.text, node.entries[-1]
    comma = comma_after(text, last.end)
    end = last.end if comma is None else comma + 1
    separator = "" if comma is not None else ","
    if not begins_line(text, last.start):
        return [Splice(end, end, f"{separator} {entry}" + ("," if comma is not None else ""))]
    line = line_break(text) + text[line_start(text, last.start) : last.start]
    at = line_end(text, end)
    if at >= node.end:  # the closing brace is on the same line
        return [Splice(end, end, f"{separator}{line}{entry}")]
    return [Splice(end, end, separator), Splice(at, at, line + entry + ("," if comma is not None else ""))]


def comma_after(text: str, at: int) -> int | None:
    """The offset of the comma that follows, with nothing but blanks and comments before it."""
    gap = GAP.match(text, at)
    end = gap.end() if gap else at
    return end if text[end : end + 1] == "," else None


def _chain(path: Path, value: Any) -> Any:
    for step in reversed(path):
        if not isinstance(step, str):
            raise UnfitError
        value = {step: value}
    return value
