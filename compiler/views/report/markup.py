"""HTML and SVG that cannot be broken out of: what is not markup already is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable

_VOID = frozenset({"meta", "br"})
# C0 and C1 controls: no reader can show them, and HTML forbids most. Source: HTML standard, "Preprocessing
# the input stream".
# Half a surrogate pair is no character at all, and no file could hold it.
_UNFIT = (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000))
_REPLACED = {number: "\ufffd" for number in _UNFIT if chr(number) not in "\t\n"}


class Markup(str):
    """Text that is HTML or SVG as it stands."""

    __slots__ = ()


def tag(name: str, /, *children: str | None, **attributes: str | float | bool | None) -> Markup:
    """An element; None among the children, and None or False among the attributes, is left out.

    A final underscore of an attribute's name goes, other underscores become hyphens: `class_`, `aria_label`.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(children)}</{name}>")


def join(parts: Iterable[str | None], between: str = "") -> Markup:
    """The parts in a row, each escaped unless it is markup."""
    return Markup(escape(between).join(escape(part) for part in parts if part is not None))


def escape(text: str) -> Markup:
    """The text as it would be read."""
    return text if isinstance(text, Markup) else Markup(html.escape(text.translate(_REPLACED)))


def slug(*words: str) -> str:
    """An id of these words that no others give: odd characters are written as their numbers."""
    return ".".join("".join(c if _plain(c) else f"_{ord(c):x}_" for c in word) for word in words)


def _plain(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "-")


def _attribute(name: str, value: str | float | bool | None) -> str:
    if value is None or value is False:
        return ""
    shown = name.rstrip("_").replace("_", "-")
    return f" {shown}" if value is True else f' {shown}="{escape(str(value))}"'
