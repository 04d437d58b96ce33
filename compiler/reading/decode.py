"""The bytes of a spec file -> text that a parser may see."""

from __future__ import annotations

import codecs
import re

from compiler.diagnostics import Diagnostic, Position, SpecError

MAX_BYTES = 1024 * 1024

UTF16_OR_32 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
# YAML 1.1 reads NEL, LS and PS as line ends, YAML 1.2 and editors do not: with them, no line number is sure.
YAML_REFUSES = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def decode(content: bytes, file: str) -> str:
    """The text without its byte order mark; SpecError when it is too large or not UTF-8."""
    if len(content) > MAX_BYTES:
        size = f"{len(content) / MAX_BYTES:.1f} MiB" if len(content) > 1.1 * MAX_BYTES else "more"
        raise _error(
            file, "E006", f"the spec may be {MAX_BYTES // 1024} KiB large, this is {size}; is it a spec?"
        )
    if content.startswith(UTF16_OR_32) or 0 in content[:2]:
        raise _error(file, "E002", "the file is UTF-16 or UTF-32 or binary; save it as UTF-8")
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise _not_utf8(content, error.start, file) from None


def check_characters(text: str, file: str) -> None:
    """SpecError for each kind of character that cannot stand raw in YAML, at its first place."""
    first = {match[0]: match.start() for match in reversed(list(YAML_REFUSES.finditer(text)))}
    if first:
        raise SpecError(_forbidden(character, text, start, file) for character, start in first.items())


def place(text: str, offset: int, file: str) -> Position:
    """The line and column of an offset; CR, LF and CRLF end lines."""
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return Position(file, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _forbidden(character: str, text: str, start: int, file: str) -> Diagnostic:
    code = ord(character)
    message = f"the invisible character U+{code:04X} is not allowed here; remove it"
    return Diagnostic(
        place(text, start, file), "E002", f'{message}, or write "\\u{code:04X}" in double quotes'
    )


def _not_utf8(content: bytes, start: int, file: str) -> SpecError:
    # The bytes before `start` decoded without an error, so they decode again.
    before = content[:start].decode()
    message = f"the byte 0x{content[start]:02X} is not UTF-8; save the file as UTF-8"
    return SpecError([Diagnostic(place(before, len(before), file), "E002", message)])


def _error(file: str, code: str, message: str) -> SpecError:
    return SpecError([Diagnostic(Position(file, 1, 1), code, message)])
