"""JSON text -> what a Composer takes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from compiler.diagnostics import Position
from compiler.reading.compose import Composer
from compiler.reading.decode import place
from compiler.reading.scalars import number

TOKEN = re.compile(
    r"""(?P<open>[{\[]) | (?P<close>[}\]]) | (?P<text>"[^"\\]*(?:\\.[^"\\]*)*")
    | (?P<number>-?[0-9][-+.0-9eE]*) | (?P<word>true|false|null) | (?P<not_finite>-?Infinity|NaN)
    | (?P<line>\r\n|\r|\n)""",
    re.VERBOSE,
)
WORDS = {"true": True, "false": False, "null": None}
SURROGATE = re.compile("[\ud800-\udfff]")
ADVICE = {
    "Expecting property name enclosed in double quotes": "expected a key in double quotes",
    "Expecting ':' delimiter": "expected ':' after the key",
    "Expecting ',' delimiter": "expected ',' or the closing bracket",
    "Expecting value": "expected a value",
    "Unterminated string starting at": "the quote that opens here is never closed",
    "Invalid control character at": "text must be on one line; write \\n for a line end and \\t for a tab",
    "Invalid \\escape": "unknown escape; write \\\\ for a backslash",
    "Invalid \\uXXXX escape": "\\u needs four hexadecimal digits",
    "Extra data": "nothing may follow the closing bracket",
}


def read_json(text: str, composer: Composer) -> None:
    """Feeds the composer; SpecError at the first place where the text is not JSON."""
    _check(text, composer)
    for kind, token, at in _tokens(text, composer.file):
        if kind == "open":
            composer.open({} if token == "{" else [], at)
        elif kind == "close":
            composer.close()
        else:
            _scalar(kind, token, at, composer)


def _check(text: str, composer: Composer) -> None:
    try:
        # Numbers stay text: int() refuses very long ones, and the composer says so with a place.
        json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        raise composer.stop("E002", _explain(error), place(text, error.pos, composer.file)) from None
    except RecursionError:
        pass  # far deeper than the composer allows, and it counts in the order of the text


def _tokens(text: str, file: str) -> Iterator[tuple[str, str, Position]]:
    line, start = 1, 0
    for match in TOKEN.finditer(text):
        if match.lastgroup == "line":
            line, start = line + 1, match.end()
        elif match.lastgroup:
            yield match.lastgroup, match[0], Position(file, line, match.start() - start + 1)


def _scalar(kind: str, token: str, at: Position, composer: Composer) -> None:
    if kind == "text":
        composer.scalar(_text(token, at, composer), token, at)
    elif kind == "word":
        composer.scalar(WORDS[token], token, at)
    elif kind == "not_finite":
        composer.report("E105", f"{token} is not a number that a spec can use; write a real limit", at)
        composer.scalar(None, token, at)
    else:
        _number(token, at, composer)


def _number(token: str, at: Position, composer: Composer) -> None:
    try:
        composer.scalar(number(token), token, at)
    except ValueError as error:
        composer.report("E105", str(error), at)
        composer.scalar(None, token, at)


def _text(token: str, at: Position, composer: Composer) -> str:
    value = str(json.loads(token))
    if SURROGATE.search(value):
        composer.report("E002", "half of a surrogate pair is not a character; write both halves", at)
    return value


def _explain(error: json.JSONDecodeError) -> str:
    rest = error.doc[error.pos :]
    if rest.startswith(("/", "#")):
        return "JSON has no comments; remove it, or name the file *.yaml and use '#'"
    before = error.doc[: error.pos].rstrip()
    if before.endswith(",") and rest.startswith(("}", "]")):
        return "remove the ',' before the closing bracket"
    return "not valid JSON: " + ADVICE.get(error.msg, error.msg[:1].lower() + error.msg[1:])
