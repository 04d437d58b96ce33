"""Fixes made in the text of a spec: exactly those changes, and every other character as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from compiler.diagnostics import Diagnostic, Fix, Position, SpecError
from compiler.document import Document, load
from compiler.editing.amend import UnfitError, amend
from compiler.editing.edit import apply
from compiler.editing.mend import mend
from compiler.editing.spell import spell

SPEC = """\
# The shop.
platform: shop   # its name

streams:
  # Clicks of people.
  clicks:
    shards: 3  # enough
    retention: 24h
  "orders" : { shards: 1, retention: '7d', }   # small
services:
- name: ingest
  image: |  # a text
    first
    second

- {name: other, ports: [80, 443]}
empty:
tail:
  a: 1
"""


def edited(text: str, *fixes: Fix, file: str = "s.yaml") -> str:
    """The text after fixes that all must be made."""
    result, made = apply(text, fixes, file)
    assert made == [*fixes]
    return result


def set_(value: Any, *path: str | int) -> Fix:
    return Fix("set", path, value)


def remove(*path: str | int) -> Fix:
    return Fix("remove", path)


def rename(new: str, *path: str | int) -> Fix:
    return Fix("rename", path, new)


# One fix: what changes in the text, as one replacement of it.


@pytest.mark.parametrize(
    ("fix", "old", "new"),
    [
        # Values in lines and in braces keep what is around them.
        (set_(4, "streams", "clicks", "shards"), "shards: 3  #", "shards: 4  #"),
        (set_(2, "streams", "orders", "shards"), "{ shards: 1,", "{ shards: 2,"),
        (set_("8d", "streams", "orders", "retention"), "'7d'", "'8d'"),
        (set_(8, "streams", "orders", "retention"), "'7d'", "8"),
        (set_("a: b", "platform"), ": shop   #", ': "a: b"   #'),
        (set_("5", "streams", "clicks", "shards"), "shards: 3", 'shards: "5"'),
        (set_(None, "tail", "a"), "a: 1", "a: null"),
        (set_("x", "empty"), "empty:", "empty: x"),
        (set_(444, "services", 1, "ports", 1), "443", "444"),
        # Text over several lines, whose first line has a comment.
        (set_("x", "services", 0, "image"), "|  # a text\n    first\n    second\n", "x  # a text\n"),
        # Whole mappings and lists.
        (set_({"b": [1, "c, d"]}, "tail"), "tail:\n  a: 1\n", 'tail: {b: [1, "c, d"]}\n'),
        (set_(5, "services", 0), "name: ingest\n  image: |  # a text\n    first\n    second\n", "5\n"),
        (set_([], "services", 1), "{name: other, ports: [80, 443]}", "[]"),
        # What is not there yet, also below what is not there.
        (set_(True, "streams", "clicks", "x"), "24h\n", "24h\n    x: true\n"),
        (set_(True, "streams", "orders", "x"), "'7d', }", "'7d', x: true, }"),
        (set_(1, "services", 0, "x"), "second\n\n", "second\n  x: 1\n\n"),
        (set_(1, "services", 1, "x"), "443]}", "443], x: 1}"),
        (set_("v", "empty", "a", "b"), "empty:", "empty: {a: {b: v}}"),
        (set_(1, "new", "key"), "  a: 1\n", "  a: 1\nnew: {key: 1}\n"),
        (set_(1, "schema_version"), "platform: shop ", "schema_version: 1\nplatform: shop "),
        # Keys with their values.
        (remove("streams", "clicks", "shards"), "    shards: 3  # enough\n", ""),
        (remove("streams", "orders", "shards"), "shards: 1, ", ""),
        (remove("streams", "orders", "retention"), "retention: '7d', }", "}"),
        (remove("services", 0, "name"), "name: ingest\n  image", "image"),
        (remove("services", 1, "ports"), ", ports: [80, 443]", ""),
        (remove("services", 1, "ports", 0), "80, ", ""),
        (remove("services", 1), "- {name: other, ports: [80, 443]}\n", ""),
        (remove("tail", "a"), "tail:\n  a: 1\n", "tail: {}\n"),
        (remove("empty"), "empty:\n", ""),
        (remove("streams", "clicks"), "  clicks:\n    shards: 3  # enough\n    retention: 24h\n", ""),
        # Keys alone.
        (rename("shard", "streams", "clicks", "shards"), "shards: 3", "shard: 3"),
        (rename("sales", "streams", "orders"), '"orders" :', '"sales" :'),
        (rename("1", "streams", "orders", "shards"), "{ shards:", '{ "1":'),
    ],
)
def test_a_fix_changes_its_own_place_only(fix: Fix, old: str, new: str) -> None:
    assert SPEC.count(old) == 1
    assert edited(SPEC, fix) == SPEC.replace(old, new)


@pytest.mark.parametrize(
    ("before", "fix", "after"),
    [
        ("a: {}", set_(1, "a", "b"), "a: {b: 1}"),
        ("a: {  # none\n }", set_(1, "a", "b"), "a: {b: 1  # none\n }"),
        ("a: {b, c}", set_(1, "a", "b"), "a: {b: 1, c}"),
        ("a: {b, c: }", set_(1, "a", "c"), "a: {b, c: 1}"),
        ("a: [x, {}]", set_(1, "a", 1, "b"), "a: [x, {b: 1}]"),
        ("a: {b: 1,\n    c: 2}", set_(3, "a", "d"), "a: {b: 1,\n    c: 2,\n    d: 3}"),
        (
            "a: {\n  b: 1, # one\n  c: 2 # two\n}\n",
            set_(3, "a", "d"),
            "a: {\n  b: 1, # one\n  c: 2, # two\n  d: 3\n}\n",
        ),
        (
            "a: {\n  b: 1, # one\n  c: 2, # two\n}\n",
            set_(3, "a", "d"),
            "a: {\n  b: 1, # one\n  c: 2, # two\n  d: 3,\n}\n",
        ),
        ("a: {\n  b: 1, # one\n  c: 2 # two\n}\n", remove("a", "c"), "a: {\n  b: 1 # one\n}\n"),
        ("a: {\n  b: 1, # one\n  c: 2 # two\n}\n", remove("a", "b"), "a: {\n  c: 2 # two\n}\n"),
        ("a: {b: 1, # one\n  c: 2}\n", remove("a", "b"), "a: {# one\n  c: 2}\n"),
        ("a: {b: 1,\n  c: 2}\n", remove("a", "c"), "a: {b: 1}\n"),
        ("a: {b: 1, # one\n  c: 2}\n", remove("a", "c"), "a: {b: 1 # one\n  }\n"),
        ("a: {b: 1}", remove("a"), "{}"),
        ("a:\n- - 1\n  - 2\n-\n  3\n", remove("a", 0, 0), "a:\n- - 2\n-\n  3\n"),
        ("a:\n- - 1\n  - 2\n-\n  3\n", remove("a", 1), "a:\n- - 1\n  - 2\n"),
        ("a:\n- - 1\n  - 2\n-\n  3\n", remove("a", 0), "a:\n-\n  3\n"),
        ("a:\n- b: 1 # one\n  # about c\n  c: 2\n", remove("a", 0, "b"), "a:\n-\n  # about c\n  c: 2\n"),
        ("a: # what it is\n  # why\n  b: 1 # one\nc: 2\n", set_(5, "a"), "a: 5 # what it is\nc: 2\n"),
        ("a:\n- 1\nb: 2", set_(5, "a"), "a: 5\nb: 2"),
        ("a:\n- \n- 2\n", set_(5, "a", 0), "a:\n- 5\n- 2\n"),
        ("a: |+\n  x\n\nb: 1\n", remove("b"), "a: |+\n  x\n\n"),
        ("b: 1\na: |+\n  x\n\n", set_(1, "c"), "b: 1\na: |+\n  x\n\nc: 1\n"),
        ("b: 1\na: |\n  x\n\n", set_(1, "c"), "b: 1\na: |\n  x\nc: 1\n\n"),
        ("b: 1\na: |  # c\n  x", set_(1, "c"), "b: 1\na: |-  # c\n  x\nc: 1"),
        ("? a\n: 1\nb: 2\n", rename("c", "a"), "? c\n: 1\nb: 2\n"),
        ("a: 'it''s\n  long'\nb: 2\n", set_("it's", "a"), 'a: "it\'s"\nb: 2\n'),
        ("a: one\n  two\nb: 2\n", set_("x", "a"), "a: x\nb: 2\n"),
        ("a: 1\r\nb:\r\n  c: 2\r\n", set_(3, "b", "d"), "a: 1\r\nb:\r\n  c: 2\r\n  d: 3\r\n"),
        ("a: 1\rb: 2", remove("a"), "b: 2"),
        ("a: '😀' # 😀\nb: 1 # é", set_(2, "b"), "a: '😀' # 😀\nb: 2 # é"),
        ("---\n# c\na: 1\n...\n", set_(2, "b"), "---\n# c\na: 1\nb: 2\n...\n"),
        ("{a: 1}", set_(1, "schema_version"), "{schema_version: 1, a: 1}"),
    ],
)
def test_rare_shapes_keep_their_style_and_their_comments(before: str, fix: Fix, after: str) -> None:
    assert edited(before, fix) == after


JSON = """\
{
  "platform": "shop",
  "streams": {
    "clicks": {"shards": 3, "note": "\\ud83d\\ude00 \\/"}
  }
}
"""


@pytest.mark.parametrize(
    ("fix", "old", "new"),
    [
        (set_("é", "platform"), '"shop"', '"é"'),
        (set_({"a b": [True]}, "platform"), '"shop"', '{"a b": [true]}'),
        (set_(1, "streams", "clicks", "x"), '\\/"}', '\\/", "x": 1}'),
        (set_(1, "x"), "  }\n}", '  },\n  "x": 1\n}'),
        (set_(1, "schema_version"), '  "platform"', '  "schema_version": 1,\n  "platform"'),
        (rename("stream", "streams"), '"streams"', '"stream"'),
        (
            remove("streams", "clicks"),
            '{\n    "clicks": {"shards": 3, "note": "\\ud83d\\ude00 \\/"}\n  }',
            "{}",
        ),
        (remove("streams", "clicks", "note"), ', "note": "\\ud83d\\ude00 \\/"', ""),
        (remove("platform"), '  "platform": "shop",\n', ""),
    ],
)
@pytest.mark.parametrize("file", ["s.json", "s.yaml"])
def test_json_stays_json(fix: Fix, old: str, new: str, file: str) -> None:
    assert JSON.count(old) == 1
    changed = edited(JSON, fix, file=file)
    assert changed == JSON.replace(old, new)
    json.loads(changed)


def test_several_fixes_are_made_at_once_and_those_that_touch_wait() -> None:
    fixes = [
        rename("stream", "streams"),
        set_(4, "streams", "clicks", "shards"),
        remove("services", 0),
        set_("two", "services", 1, "name"),
        set_(5, "streams", "clicks", "shards"),
        remove("services"),
        set_(1, "stream"),
        rename("platforms", "nowhere"),
        set_("shop", "platform"),
    ]
    text, made = apply(SPEC, fixes, "s.yaml")
    assert made == fixes[:4]
    data = load(text.encode(), "s.yaml").data
    assert data["stream"]["clicks"]["shards"] == 4
    assert data["services"] == [{"name": "two", "ports": [80, 443]}]


def test_a_fix_without_a_place_is_not_made() -> None:
    unfit = [
        remove("nothing"),
        rename("tail", "platform"),
        set_(1, "platform", "below"),
        set_(1, "services", 7),
        set_(1, "services", 1, "ports", "x"),
        set_(1, "tail", 0, "x"),
        set_(float("inf"), "tail", "a"),
        rename("x"),
        remove(),
        set_(1),
        set_("shop", "platform"),
    ]
    assert apply(SPEC, unfit, "s.yaml") == (SPEC, [])


# Any fixes of any document


NAMES = st.sampled_from(["a", "b", "key", "a-b", "true", "1", "", "x y", "ü", "a: b", "# c", "'", '"', "- d"])
TEXTS = NAMES | st.sampled_from(["24h", "yes", "null", "10.0.0.0/16", "1e5", "arn:aws:s3", "one\ntwo\n"])
SCALARS: st.SearchStrategy[Any] = st.one_of(
    TEXTS,
    st.text(st.characters(codec="utf-8", exclude_characters="\x85\u2028\u2029\ufeff"), max_size=8),
    st.integers(-9, 10**13),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=12,
)
MAPPINGS = st.dictionaries(NAMES, VALUES, min_size=1, max_size=4)


class Writer:
    """Data -> YAML in a style that is drawn anew at every turn, with a comment wherever one can be."""

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self.draw = draw
        self.count = 0

    def some(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def comment(self) -> str:
        self.count += 1
        return self.some("", "", f"  # c{self.count}, {{x: 'y'}}")

    def line(self, indentation: int) -> str:
        self.count += 1
        return self.some("", "", "\n", f"{' ' * indentation}# l{self.count}: - z\n")

    def scalar(self, value: Any, flow: bool) -> str:
        return spell(value, flow=flow, as_json=False, quotes=self.some("", "'", '"'))

    def inline(self, value: Any, depth: int) -> str:
        gap = self.some("", " ", f"\n{' ' * depth}", f" # f{depth}\n{' ' * depth}")
        comma = self.some(", ", f", {gap}")
        if isinstance(value, dict) and value:
            pairs = [f"{self.scalar(k, True)}: {self.inline(v, depth + 1)}" for k, v in value.items()]
            return f"{{{gap}{comma.join(pairs)}{self.some('', ',', ' ,')}{gap}}}"
        if isinstance(value, list) and value:
            return f"[{gap}{comma.join(self.inline(item, depth + 1) for item in value)}{gap}]"
        return self.scalar(value, flow=True)

    def value(self, value: Any, indentation: int) -> str:
        """What follows `key:` or `-`, to the end of its last line."""
        if value and isinstance(value, dict | list) and self.some(True, True, False):
            deeper = indentation + self.some(2, 4)
            return f"{self.comment()}\n{self.block(value, deeper)}"
        if isinstance(value, str) and re.fullmatch("[a-z]+\n([a-z]+\n)*", value) and self.some(True, False):
            deeper = " " * (indentation + 2)
            lines = "".join(f"{deeper}{line}\n" for line in value.splitlines())
            return f" |{self.comment()}\n{lines}{self.some('', chr(10))}"
        if value is None and self.some(True, False):
            return f"{self.comment()}\n"
        written = self.inline(value, indentation + 2) if self.some(True, False) else spell_whole(value)
        return f" {written}{self.comment()}\n"

    def block(self, value: Any, indentation: int) -> str:
        blank = " " * indentation
        if isinstance(value, dict):
            entries = [f"{self.scalar(k, False)}:{self.value(v, indentation)}" for k, v in value.items()]
        else:
            entries = [f"-{self.item(item, indentation)}" for item in value]
        return "".join(f"{self.line(indentation)}{blank}{entry}" for entry in entries)

    def item(self, value: Any, indentation: int) -> str:
        if value and isinstance(value, dict | list) and self.some(True, False):
            # The first entry beside the dash.
            first = self.block(value, indentation + 2)
            if first[indentation + 2] not in " \n#":
                return " " + first.lstrip()
        return self.value(value, indentation)


def spell_whole(value: Any) -> str:
    return spell(value, flow=False, as_json=False)


@st.composite
def written(draw: Callable[[Any], Any]) -> tuple[str, dict[str, Any]]:
    """A document and its data."""
    data = draw(MAPPINGS)
    writer = Writer(draw)
    text = writer.some(writer.block(data, 0), writer.inline(data, 1))
    text = text.rstrip("\n") if writer.some(True, False) else text
    if "\r" not in text and writer.some(True, False):
        text = text.replace("\n", "\r\n")
    try:
        found = load(text.encode(), "s.yaml").data
    except SpecError:  # a name that cannot be a key at this place
        assume(False)
    return text, dict(found)


def paths(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(deep for key, value in inside for deep in paths(value, (*path, key)))]


@st.composite
def fixes(draw: Callable[[Any], Any], data: Any) -> Fix:
    path = draw(st.sampled_from(paths(data)[1:]))
    kind = draw(st.sampled_from(["set", "add", "remove", "rename"]))
    if kind == "set":
        return Fix("set", path, draw(VALUES))
    if kind == "add":
        return Fix("set", (*path, *draw(st.lists(NAMES, min_size=1, max_size=2))), draw(VALUES))
    return Fix("remove", path) if kind == "remove" else Fix("rename", path, draw(NAMES))


def same(one: Any, other: Any) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_after_a_fix_the_spec_says_what_was_meant_and_nothing_else_has_moved(data: st.DataObject) -> None:
    text, before = data.draw(written())
    fix = data.draw(fixes(before))
    try:
        wanted = amend(before, fix)
    except UnfitError:
        assert apply(text, [fix], "s.yaml") == (text, [])
        return
    assume(not same(wanted, before))
    after, made = apply(text, [fix], "s.yaml")
    assert made == [fix], "a fix that has a place is made"
    assert same(load(after.encode(), "s.yaml").data, wanted)
    # Whatever has no first entry any more is written anew, and so is what begins beside a dash.
    leading = fix.action == "remove" and place(before, fix.path)[0] == place(before, fix.path[:-1])[0] + 1
    first, last = extent(text, fix.path[:-1] if leading else fix.path)
    lines = text.splitlines(keepends=True)
    while fix.action == "remove" and lines[first - 1].strip() == "-":  # its dash has a line of its own
        first -= 1
    assert after.startswith("".join(lines[:first]))
    assert after.endswith("".join(lines[last + 1 :]))
    if fix.action == "rename" or not holds(before, fix.path):
        assert COMMENT.findall(after) == COMMENT.findall(text)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_many_fixes_at_once_say_what_was_meant(data: st.DataObject) -> None:
    text, before = data.draw(written())
    wanted = data.draw(st.lists(fixes(before), min_size=2, max_size=6))
    data_before = before
    after, made = apply(text, wanted, "s.yaml")
    for fix in sorted(made, key=lambda fix: place(data_before, fix.path), reverse=True):
        before = amend(before, fix)
    assert same(load(after.encode(), "s.yaml").data, before)


@settings(max_examples=50, deadline=None)
@given(written())
def test_a_mended_spec_has_nothing_left_to_mend(spec: tuple[str, dict[str, Any]]) -> None:
    text = spec[0]
    once = mend(text.encode(), "s.yaml", complaints)
    assert [problem for problem in once.left if possible(load(once.content, "s.yaml").data, problem)] == []
    again = mend(once.content, "s.yaml", complaints)
    assert (again.content, again.fixed, again.left) == (once.content, (), once.left)


COMMENT = re.compile("# [clf][0-9]+")


def complaints(document: Document) -> list[Diagnostic]:
    """A house of odd taste: no truth values, nothing empty, and no key called `key`."""
    found = []
    for path in paths(document.data)[1:]:
        value = at(document.data, path)
        if value is True:
            found.append(Fix("set", path, "yes: really"))
        elif value in (None, [], {}):
            found.append(Fix("remove", path))
        if path[-1] == "key":
            found.append(Fix("rename", path, "b"))
    return [Diagnostic(Position("s.yaml", 1, 1), "E101", str(fix), fix=fix) for fix in found]


def possible(data: Any, problem: Diagnostic) -> bool:
    assert problem.fix is not None
    try:
        return not same(amend(data, problem.fix), data)
    except UnfitError:
        return False


def at(data: Any, path: tuple[Any, ...]) -> Any:
    return at(data[path[0]], path[1:]) if path else data


def holds(data: Any, path: tuple[Any, ...]) -> bool:
    return path in paths(data)


def place(data: Any, path: tuple[Any, ...]) -> tuple[int, int]:
    """Where a path, or what there is of it, comes in the order of the document."""
    there = paths(data)
    return next(there.index(path[:end]) for end in range(len(path), -1, -1) if path[:end] in there), len(path)


def extent(text: str, path: tuple[Any, ...]) -> tuple[int, int]:
    """The first and the last line of what a fix may touch, as PyYAML sees it: an entry, or what holds it."""
    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    first, last = node, node
    for step in path:
        if not isinstance(node, yaml.CollectionNode) or node.flow_style:
            break
        pairs = node.value if isinstance(node, yaml.MappingNode) else [(item, item) for item in node.value]
        found = [pair for n, pair in enumerate(pairs) if step in (n, pair[0].value)]
        if not found:
            break
        first, last = found[0]
        node = last
    while isinstance(last, yaml.CollectionNode) and not last.flow_style:
        last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
    end = last.end_mark.line - (last.end_mark.column == 0 and last.end_mark.index > last.start_mark.index)
    return first.start_mark.line, end
