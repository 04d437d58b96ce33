"""What `document.load` makes of text: data, places, and errors that say what to do."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import string
from pathlib import Path as FilePath
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.diagnostics import Position, SpecError
from compiler.document import Document, Path, load, read, read_yaml
from compiler.reading.compose import MAX_DEPTH, MAX_PROBLEMS, Composer
from compiler.reading.decode import MAX_BYTES


def errors(text: str | bytes, file: str = "s.yaml") -> list[str]:
    content = text.encode() if isinstance(text, str) else text
    with pytest.raises(SpecError) as caught:
        load(content, file)
    return [str(diagnostic) for diagnostic in caught.value.diagnostics]


def data(text: str | bytes, file: str = "s.yaml") -> Any:
    return load(text.encode() if isinstance(text, str) else text, file).data


def at(line: int, column: int) -> Position:
    return Position("s.yaml", line, column)


# Data and places


def test_keys_values_and_list_items_have_places() -> None:
    document = load(b"platform: iot\nlist:\n  - a\n  - b: 1\n", "s.yaml")
    assert document.data == {"platform": "iot", "list": ["a", {"b": 1}]}
    assert document.keys[("platform",)] == at(1, 1)
    assert document.values[("platform",)] == at(1, 11)
    assert document.keys[("list", 0)] == document.values[("list", 0)] == at(3, 5)
    assert document.keys[("list", 1, "b")] == at(4, 5)
    assert document.values[()] == at(1, 1)


def test_a_path_that_is_not_written_is_at_the_nearest_thing_around_it() -> None:
    document = load(b"a:\n  b: {c: 1}\n", "s.yaml")
    assert document.position(("a", "b", "x", 0)) == at(2, 3)
    assert document.value_position(("a", "b")) == at(2, 6)
    assert document.value_position(("a", "x")) == at(1, 1)
    assert document.position(()) == document.position(("nowhere",)) == at(1, 1)


def test_crlf_and_characters_outside_ascii_count_as_editors_count() -> None:
    document = load("a: 1\r\né: {ü: 2}\r\n".encode(), "s.yaml")
    assert document.keys[("é", "ü")] == at(2, 5)


EMPTY = "the spec is empty; write `platform:` and its sections; README.md shows how"
TRAPS = (
    "yes no on off Yes y 1.4.2 22:22 010 0755 012345678901 0x1F 0o17 0b1 1_000 1e5 12e34567 1.5e3 "
    "2027-03-01 2027-03-01T10:00:00Z .5 1. -.5 = + -x"
)


@pytest.mark.parametrize("text", TRAPS.split())
def test_words_that_other_yaml_readers_turn_into_something_else_stay_text(text: str) -> None:
    assert data(f"a: {text}") == {"a": text}
    assert data(f"{text}: 1") == {text: 1}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-3", -3),
        ("+3", 3),
        ("9007199254740993", 2**53 + 1),
        ("0.5", 0.5),
        ("1.0e+3", 1000.0),
        ('"true"', "true"),
        ("'5'", "5"),
    ],
)
def test_numbers_truth_values_and_nothing_are_read_as_in_json(text: str, value: object) -> None:
    found = data(f"a: {text}")["a"]
    assert (found, type(found)) == (value, type(value))


def test_extension_keys_are_plain_data() -> None:
    assert data("x-note: {a: [1]}") == {"x-note": {"a": [1]}}


def test_a_utf8_byte_order_mark_is_no_part_of_the_first_key() -> None:
    document = load(b"\xef\xbb\xbfa: 1", "s.yaml")
    assert document.data == {"a": 1}
    assert document.keys[("a",)] == at(1, 1)


# JSON


@pytest.mark.parametrize("file", ["s.json", "s.yaml"])
def test_json_indented_with_tabs_is_read_with_places(file: str) -> None:
    document = load(b'{\n\t"a": {\n\t\t"b": [1,\n\t\t2]}}', file)
    assert document.data == {"a": {"b": [1, 2]}}
    assert document.keys[("a", "b")] == Position(file, 3, 3)
    assert document.values[("a", "b", 1)] == Position(file, 4, 3)


def test_json_escapes_and_exponents_are_those_of_json() -> None:
    assert data(r'{"\ud83d\ude00": "\/", "n": 1e3}') == {"😀": "/", "n": 1000.0}


def test_a_flow_mapping_that_is_not_json_is_yaml() -> None:
    assert data("{a: 1, b: [x, y],}") == {"a": 1, "b": ["x", "y"]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1,}', "1:9 E002 remove the ',' before the closing bracket"),
        ('{"a": 1\n "b": 2}', "2:2 E002 not valid JSON: expected ',' or the closing bracket"),
        ("{a: 1}", "1:2 E002 not valid JSON: expected a key in double quotes"),
        ("{} // x", "1:4 E002 JSON has no comments; remove it, or name the file *.yaml and use '#'"),
        ('{"a": "x', "1:7 E002 not valid JSON: the quote that opens here is never closed"),
        ('{"a": Infinity}', "1:7 E105 Infinity is not a number that a spec can use; write a real limit"),
        ('{"a": 1e999}', "1:7 E105 the number 1e999 is too large; put it in quotes if it is text"),
        ('{"a": "\\ud800"}', "1:7 E002 half of a surrogate pair is not a character; write both halves"),
        ('{"a": 1, "a": 2}', "1:10 E003 the key 'a' is written twice; the first is at s.json:1:2"),
        ("[1]", "1:1 E005 a spec is a mapping such as `platform: name`, not a list"),
        ("[" * 100_000, f"1:{MAX_DEPTH + 1} E006 a spec may be nested 64 deep, this goes deeper"),
    ],
)
def test_json_that_cannot_be_used_says_why(text: str, message: str) -> None:
    assert errors(text, "s.json") == [f"s.json:{message}"]


# YAML that Formwork refuses


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a: &x 1",
            "1:4 E004 anchors ('&x') are not allowed; "
            "write the value out, or let an environment or profile set it",
        ),
        (
            "x-a: *x",
            "1:6 E004 aliases ('*x') are not allowed; "
            "write the value out, or let an environment or profile set it",
        ),
        (
            "a:\n  <<: {b: 1}",
            "2:3 E004 merge keys ('<<') are not allowed; "
            "what environments differ in belongs under `environments`",
        ),
        ("a: !Ref b", "1:4 E004 tags ('!Ref') are not allowed; write the long form {\"Ref\": ...}"),
        (
            "a: !GetAtt b",
            "1:4 E004 tags ('!GetAtt') are not allowed; write the long form {\"Fn::GetAtt\": ...}",
        ),
        ("a: !!str 5", "1:4 E004 tags ('!!str') are not allowed; remove it, and put text in quotes"),
        (
            "a: 1\n---\nb: 2",
            "2:1 E004 a file holds one spec; remove '---' and what follows, or move it to another file",
        ),
        ("a: 1\nb:\n  c: 1\n  c: 2", "4:3 E003 the key 'c' is written twice; the first is at s.yaml:3:3"),
        ("80: a", '1:1 E103 a key must be text; write "80" in quotes'),
        ("true: a", '1:1 E103 a key must be text; write "true" in quotes'),
        ("? \n: a", "1:2 E103 a key must be text; write a name before the ':'"),
        (
            "a: {{ b }}",
            "1:5 E103 a key must be text, not a mapping; "
            "put it in quotes if it is text, such as a {{ placeholder }}",
        ),
        (
            "a: -.inf",
            "1:4 E105 -.inf is not a number that a spec can use; write a real limit, or remove the key",
        ),
        (
            "a: .nan",
            "1:4 E105 .nan is not a number that a spec can use; write a real limit, or remove the key",
        ),
        (
            f"a: {'9' * 5000}",
            "1:4 E105 a number of 5000 characters is too long; put it in quotes if it is text",
        ),
        ("- a", "1:1 E005 a spec is a mapping such as `platform: name`, not a list"),
        ("word", "1:1 E005 a spec is a mapping such as `platform: name`, not a single value"),
        *(
            (
                text,
                f"1:1 E005 {EMPTY}",
            )
            for text in ("", "\ufeff", " \n\n", "# only a comment\n", "---\n")
        ),
    ],
)
def test_yaml_that_formwork_refuses_says_what_to_write(text: str, message: str) -> None:
    assert errors(text) == [f"s.yaml:{message}"]


def test_a_merge_of_an_alias_tells_both() -> None:
    assert [error.split()[1] for error in errors("a: &x {b: 1}\nc:\n  <<: *x")] == ["E004", "E004", "E004"]


def test_a_repeated_section_does_not_repeat_the_keys_inside() -> None:
    assert len(errors("a: {x: 1}\na: {x: 2}\na: {x: 3}")) == 2


def test_all_problems_are_told_at_once_up_to_the_syntax_error() -> None:
    found = errors("a: &x 1\na: .inf\n80: !Ref x\nb: [1\n")
    assert [error.split()[1] for error in found] == ["E004", "E003", "E105", "E103", "E004", "E002"]


def test_nobody_reads_more_than_a_hundred_problems() -> None:
    assert len(errors("a: 1\n" * 1000)) == MAX_PROBLEMS


# Syntax


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a:\n\tb: 1", "2:1 E002 this line is indented with a tab; YAML indents with spaces only"),
        ("a:\n  b: 1\n \tc: 2", "3:2 E002 this line is indented with a tab; YAML indents with spaces only"),
        ("a: 1\nb\nc: 2", "2:1 E002 not valid YAML: this line needs ': ' after its key"),
        ("a: [1, 2\nb: 3", "1:4 E002 not valid YAML: the '[' that opens here lacks its ',' or ']'"),
        ("a: {x: 1\nb: 3", "1:4 E002 not valid YAML: the '{' that opens here lacks its ',' or '}'"),
        ("a: 'x\nb: 3", "1:4 E002 not valid YAML: the quote that opens here is never closed"),
        ("a: @x", "1:4 E002 not valid YAML: text cannot start with this character; put it in quotes"),
        ("a: *.example", "1:4 E002 not valid YAML: text that starts with '*' or '&' needs quotes"),
        (
            "a: b: c",
            "1:5 E002 not valid YAML: "
            "the value ends before this; put a value with ': ' or quotes inside in (other) quotes",
        ),
        (
            "a:\n    b: 1\n  c: 2",
            "3:3 E002 not valid YAML: indent this line like its neighbours, or end the key above with ':'",
        ),
        (
            "a:\n  - 1\n  b: 2",
            "3:3 E002 not valid YAML: expected '- ' as in the rest of the list, or less indentation",
        ),
        ("a: - b", "1:4 E002 not valid YAML: a list starts on its own line: break the line before '-'"),
        (
            "a: |x\n  b",
            "1:5 E002 not valid YAML: only '-', '+' or a digit may follow '|' or '>'; put the text below",
        ),
        (
            "%YAML 3.0\n---\na: 1",
            "1:1 E002 not valid YAML: remove this '%' line; a spec needs no YAML directive",
        ),
        ("a: 1\n...\nb", "3:1 E002 not valid YAML: nothing may follow the '...' that ends the spec"),
    ],
)
def test_a_syntax_error_says_where_and_what_to_do(text: str, message: str) -> None:
    assert errors(text) == [f"s.yaml:{message}"]


@pytest.mark.parametrize("text", ["a:\n\tb: 1", "a: [1, 2\nb: 3", "a: 'x", "a: @x", "a: b: c"])
def test_the_pure_parser_explains_like_the_c_parser(text: str) -> None:
    with pytest.raises(SpecError) as caught:
        read_yaml(text, Composer("s.yaml"), yaml.SafeLoader)
    assert [str(diagnostic) for diagnostic in caught.value.diagnostics] == errors(text)


# Bytes


@pytest.mark.parametrize(
    ("content", "message"),
    [
        *(
            ("a: 1".encode(encoding), "1:1 E002 the file is UTF-16 or UTF-32 or binary; save it as UTF-8")
            for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
        ),
        (b"\x00\x01\x02", "1:1 E002 the file is UTF-16 or UTF-32 or binary; save it as UTF-8"),
        (b"\xef\xbb\xbfa: 1\nb: \xe9\n", "2:4 E002 the byte 0xE9 is not UTF-8; save the file as UTF-8"),
        (
            b"a: 1\nb: x\x00",
            "2:5 E002 the invisible character U+0000 is not allowed here; "
            'remove it, or write "\\u0000" in double quotes',
        ),
        (
            "a: x\u2028y".encode(),
            "1:5 E002 the invisible character U+2028 is not allowed here; "
            'remove it, or write "\\u2028" in double quotes',
        ),
        (
            b"a" * (MAX_BYTES * 10),
            "1:1 E006 the spec may be 1024 KiB large, this is 10.0 MiB; is it a spec?",
        ),
        (b"a" * (MAX_BYTES + 1), "1:1 E006 the spec may be 1024 KiB large, this is more; is it a spec?"),
    ],
)
def test_bytes_that_are_no_spec_say_what_they_are(content: bytes, message: str) -> None:
    assert errors(content) == [f"s.yaml:{message}"]


@pytest.mark.parametrize("opening", ["[", "[{a: ", "- ", "{a: ", "? "])
def test_deep_nesting_is_refused_without_recursion(opening: str) -> None:
    assert any(" E006 " in error or " E103 " in error for error in errors("a:\n " + opening * 100_000))


def test_the_deepest_allowed_nesting_is_read() -> None:
    assert data("a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1))


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert all(" E004 " in error for error in errors("l0: &l0 lol\n" + "\n".join(levels)))


def test_garbage_collection_is_as_before() -> None:
    assert gc.isenabled()
    errors("a: [")
    assert gc.isenabled()


# Files


def unreadable(path: str) -> str:
    with pytest.raises(SpecError) as caught:
        read(path)
    (found,) = caught.value.diagnostics
    assert found.position == Position(path, 1, 1)
    return f"{found.code} {found.message}"


def test_a_file_is_read_under_its_own_name(tmp_path: FilePath) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("a: 1")
    assert read(str(path)).values[("a",)] == Position(str(path), 1, 4)


def test_a_missing_file_says_how_to_get_one() -> None:
    expected = "E001 no such file: none.yaml; check the name"
    assert unreadable("none.yaml") == expected


def test_a_directory_is_no_spec(tmp_path: FilePath) -> None:
    assert unreadable(str(tmp_path)) == "E001 this is a directory; name the spec file inside it"


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: FilePath) -> None:
    path = str(tmp_path / "pipe")
    os.mkfifo(path)
    assert unreadable(path) == "E001 this is not a regular file; save the spec to a file first"


def test_other_reasons_are_told_as_the_system_tells_them(tmp_path: FilePath) -> None:
    assert unreadable("a\0b") == "E001 cannot read a\0b: embedded null byte"
    name = "x" * 300
    assert unreadable(name) == f"E001 cannot read {name}: file name too long"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_says_so(tmp_path: FilePath) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("a: 1")
    path.chmod(0)
    assert unreadable(str(path)) == f"E001 no permission to read {path}; check its owner and mode"


# Properties

numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | st.text()
nested = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=9
)
mappings = st.dictionaries(st.text(), nested, max_size=5)
unhurried = settings(deadline=None)  # a busy machine is no failure


@unhurried
@given(mappings, st.booleans())
def test_any_mapping_dumped_as_json_loads_back(written: dict[str, Any], ascii_only: bool) -> None:
    text = json.dumps(written, ensure_ascii=ascii_only, indent="\t")
    assert data(text.encode(errors="replace"), "s.json") == json.loads(text.encode(errors="replace"))


@unhurried
@given(mappings, st.sampled_from([True, False, None]))
def test_any_mapping_dumped_as_yaml_loads_back(written: dict[str, Any], flow: bool | None) -> None:
    assert data(yaml.safe_dump(written, default_flow_style=flow)) == written


def survives(content: bytes, file: str) -> None:
    with contextlib.suppress(SpecError):
        load(content, file)


@unhurried
@given(st.binary(), st.sampled_from(["s.yaml", "s.json"]))
def test_no_bytes_raise_anything_but_a_spec_error(content: bytes, file: str) -> None:
    survives(content, file)


@unhurried
@given(st.text("ab01:-?[]{},&*!|>'\"%@#<\\/.~ \t\r\nxu", max_size=60), st.sampled_from(["s.yaml", "s.json"]))
def test_no_text_of_signs_that_mean_something_raises_anything_but_a_spec_error(text: str, file: str) -> None:
    survives(text.encode(), file)


@unhurried
@given(mappings, st.sampled_from([None, 1, "\t"]))
def test_every_place_in_json_points_at_its_text(written: dict[str, Any], indent: int | str | None) -> None:
    text = json.dumps(written, indent=indent)
    document = load(text.encode(), "s.json")
    decoder = json.JSONDecoder()
    for path, position in document.values.items():
        assert decoder.raw_decode(text, offset(text, position))[0] == value_at(document, path)
    for path, position in document.keys.items():
        named = path[-1] if isinstance(path[-1], str) else value_at(document, path)
        assert decoder.raw_decode(text, offset(text, position))[0] == named


words = st.text(string.ascii_lowercase, min_size=1, max_size=9).map(lambda word: f"w{word}")
plain_data = st.recursive(
    words, lambda inner: st.lists(inner, min_size=1) | st.dictionaries(words, inner, min_size=1), max_leaves=9
)


@unhurried
@given(st.dictionaries(words, plain_data, min_size=1, max_size=5), st.sampled_from([True, False, None]))
def test_every_place_in_yaml_points_at_its_text(written: dict[str, Any], flow: bool | None) -> None:
    text = yaml.safe_dump(written, default_flow_style=flow, width=10**9)
    document = load(text.encode(), "s.yaml")
    for path, position in document.values.items():
        assert text.startswith(first_sign(value_at(document, path)), offset(text, position))
    for path, position in document.keys.items():
        named = path[-1] if isinstance(path[-1], str) else first_sign(value_at(document, path))
        assert text.startswith(named, offset(text, position))


def first_sign(value: Any) -> str | tuple[str, ...]:
    if isinstance(value, str):
        return value
    return ("[", "-") if isinstance(value, list) else ("{", "w", "?")


def value_at(document: Document, path: Path) -> Any:
    value: Any = document.data
    for step in path:
        value = value[step]
    return value


def offset(text: str, position: Position) -> int:
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: position.line - 1]) + position.column - 1
