"""The text of a spec -> a tree that knows where every key and value begins and ends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

from compiler.document import LOADER
from compiler.reading.read_json import TOKEN
from compiler.reading.scalars import WORDS

Kind = Literal["mapping", "list", "scalar"]

BLOCK_SCALARS = ("|", ">")
TRAILING_LINES = re.compile(r"[\r\n][ \t\r\n]*\Z")


@dataclass
class Node:
    """One value; offsets are in characters of the text."""

    kind: Kind
    start: int
    end: int = 0  # behind its last character; of what has no brackets, of the last value inside
    flow: bool = False  # in brackets, or inside of some
    style: str = ""  # of a scalar: its quotes, or `|` or `>`; empty for a plain one
    entries: list[Entry] = field(default_factory=list)

    def entry(self, key: str | int) -> Entry | None:
        """What stands at a key or index, if anything."""
        return next((entry for entry in self.entries if entry.key == key), None)


@dataclass
class Entry:
    """A key with its value, or an item of a list, whose key is its index."""

    key: str | int
    start: int  # of the key as it is written, or of the item's value
    key_end: int
    node: Node

    @property
    def end(self) -> int:
        """Behind the value, or behind the key where that stands alone."""
        return max(self.key_end, self.node.end)


@dataclass(frozen=True)
class Tree:
    """A whole spec."""

    text: str
    root: Node
    json: bool  # else YAML

    def is_empty(self, node: Node) -> bool:
        """Whether a value is nothing: not written, or a word for it."""
        word = self.text[node.start : node.end]
        return node.kind == "scalar" and not node.style and word in WORDS and WORDS[word] is None


class _Builder:
    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._key: list[tuple[str, int, int] | None] = []

    def open(self, node: Node) -> None:
        self._place(node)
        self._open.append(node)
        self._key.append(None)

    def close(self, end: int) -> None:
        node = self._open.pop()
        self._key.pop()
        node.end = end if node.flow else node.entries[-1].end

    def scalar(self, node: Node, value: str) -> None:
        node.flow = bool(self._open) and self._open[-1].flow
        if self._open and self._open[-1].kind == "mapping" and self._key[-1] is None:
            self._key[-1] = (value, node.start, node.end)
        else:
            self._place(node)

    def _place(self, node: Node) -> None:
        if not self._open:
            self.root = node
        elif self._open[-1].kind == "list":
            entries = self._open[-1].entries
            entries.append(Entry(len(entries), node.start, node.start, node))
        else:
            key = self._key[-1]
            assert key is not None  # a spec that can be loaded has text for keys
            self._open[-1].entries.append(Entry(*key, node))
            self._key[-1] = None


def parse(text: str, file: str) -> Tree:
    """The tree of a text that `document.load` takes; what it refuses has none."""
    as_json = _is_json(text, file)
    builder = _Builder()
    (_json if as_json else _yaml)(text, builder)
    assert builder.root is not None
    return Tree(text, builder.root, as_json)


def _is_json(text: str, file: str) -> bool:
    if file.lower().endswith(".json"):
        return True
    try:
        json.loads(text)
    except ValueError:
        return False
    return text.lstrip().startswith("{")


def _json(text: str, builder: _Builder) -> None:
    for match in TOKEN.finditer(text):
        if match.lastgroup == "open":
            builder.open(Node("mapping" if match[0] == "{" else "list", match.start(), flow=True))
        elif match.lastgroup == "close":
            builder.close(match.end())
        elif match.lastgroup == "text":
            builder.scalar(Node("scalar", *match.span(), style='"'), json.loads(match[0]))
        elif match.lastgroup != "line":
            builder.scalar(Node("scalar", *match.span()), match[0])


def _yaml(text: str, builder: _Builder) -> None:
    for event, start, end in _events(text):
        if isinstance(event, yaml.CollectionStartEvent):
            kind: Kind = "mapping" if isinstance(event, yaml.MappingStartEvent) else "list"
            builder.open(
                Node(kind, start, flow=text[start : start + 1] in ("{", "[") and bool(event.flow_style))
            )
        elif isinstance(event, yaml.CollectionEndEvent):
            builder.close(end)
        elif isinstance(event, yaml.ScalarEvent):
            style = event.style or ""
            end = _block_end(text, start, end) if style in BLOCK_SCALARS else end
            builder.scalar(Node("scalar", start, end, style=style), event.value)


def _events(text: str) -> Iterator[tuple[Any, int, int]]:
    for event in yaml.parse(text, Loader=LOADER):
        start, end = event.start_mark, event.end_mark
        assert start is not None  # the types of PyYAML allow events without places
        assert end is not None
        yield event, start.index, end.index


def _block_end(text: str, start: int, end: int) -> int:
    """Before the last line break of a text block; empty lines below it belong to it only where it says so."""
    header = re.match(r"[|>][^\s#]*", text[start:end])
    if header and "+" in header[0]:
        return end - len(re.search(r"(\r\n|\r|\n)?\Z", text[start:end])[0])  # type: ignore[index]
    return start + len(TRAILING_LINES.sub("", text[start:end]))
