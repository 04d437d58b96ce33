"""A value -> how a spec writes it: as plainly as reads back as the same value of the same type."""

from __future__ import annotations

import json
import re
from typing import Any

from compiler.reading.decode import YAML_REFUSES
from compiler.reading.scalars import plain

# Narrower than YAML, so that no editor's highlighter takes it for anything else.
PLAIN = re.compile(r"[\w/$](?:[\w/.@+=$%-]|:(?=[\w/]))*(?: (?:[\w/.@+=$%(-]|:(?=[\w/]))[\w/.@+=$%()-]*)*")


def spell(value: Any, *, flow: bool, as_json: bool, quotes: str = "") -> str:
    """The text of a value; `flow`: whether it stands in brackets; `quotes`: those that stand there so far."""
    if as_json:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    if isinstance(value, str):
        return _text(value, flow, quotes)
    if isinstance(value, dict):
        pairs = (f"{_inside(key)}: {_inside(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_inside, value))}]"
    written = json.dumps(value, allow_nan=False)
    # The reader takes `1e+16` for text.
    return re.sub("^(-?[0-9]+)e", r"\1.0e", written)


def _inside(value: Any) -> str:
    return spell(value, flow=True, as_json=False)


def _text(value: str, flow: bool, quotes: str) -> str:
    if quotes == "'" and re.fullmatch("[^'\r\n]*", value) and not YAML_REFUSES.search(value):
        return f"'{value}'"
    if quotes != '"' and _reads_back(value) and not (flow and ":" in value):
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return YAML_REFUSES.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _reads_back(value: str) -> bool:
    try:
        return bool(PLAIN.fullmatch(value)) and plain(value) == value
    except ValueError:
        return False
