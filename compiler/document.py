"""A spec file or its bytes -> Document: plain data, and the place of every key and value."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from compiler.diagnostics import Diagnostic, Position, SpecError
from compiler.garbage import uncollected
from compiler.reading.compose import Composer, Path
from compiler.reading.decode import MAX_BYTES, check_characters, decode
from compiler.reading.explain_yaml_error import Complaint, explain
from compiler.reading.read_json import read_json
from compiler.reading.scalars import plain
from compiler.words import shorten

__all__ = ["Document", "Path", "content", "load", "read"]

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MERGE = "merge keys ('<<') are not allowed; what environments differ in belongs under `environments`"
ALIAS = "aliases ('*{}') are not allowed; write the value out, or let an environment or profile set it"
ANCHOR = "anchors ('&{}') are not allowed; write the value out, or let an environment or profile set it"


@dataclass(frozen=True)
class Document:
    """A spec as written. Paths are tuples of keys and list indexes; () is the root."""

    file: str
    data: Mapping[str, Any]
    keys: Mapping[Path, Position]  # of a list item: the item
    values: Mapping[Path, Position]

    def position(self, path: Path) -> Position:
        """The key at `path`, or the nearest thing around it."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.keys:
                return self.keys[path[:end]]
        return self.values.get((), Position(self.file, 1, 1))

    def value_position(self, path: Path) -> Position:
        """The value at `path`, or the nearest thing around it."""
        return self.values.get(path) or self.position(path)


def read(path: str) -> Document:
    """The document in this file; SpecError when it cannot be read or is not a spec."""
    return load(content(path), path)


def content(path: str) -> bytes:
    """The bytes of a spec file, as many as a spec may have and one more; SpecError when it cannot be read."""
    try:
        mode = os.stat(path).st_mode
        if not stat.S_ISREG(mode):  # before opening: a pipe would block
            raise _unreadable(path, _not_a_file(mode))
        with open(path, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        message = f"no such file: {path}; check the name"
        raise _unreadable(path, message) from None
    except PermissionError:
        raise _unreadable(path, f"no permission to read {path}; check its owner and mode") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _unreadable(path, f"cannot read {path}: {reason.lower()}") from None


def load(content: bytes, file: str) -> Document:
    """The document in these bytes, YAML or JSON; SpecError carries every problem that can be found."""
    text = decode(content, file)
    with uncollected():
        composer = _compose(text, file)
    if composer.problems:
        raise SpecError(composer.problems)
    if composer.root is None:
        message = "the spec is empty; write `platform:` and its sections; README.md shows how"
        raise composer.stop("E005", message, Position(file, 1, 1))
    if not isinstance(composer.root, dict):
        what = "a list" if isinstance(composer.root, list) else "a single value"
        message = f"a spec is a mapping such as `platform: name`, not {what}"
        raise composer.stop("E005", message, composer.values[()])
    return Document(file, composer.root, composer.keys, composer.values)


def _compose(text: str, file: str) -> Composer:
    named_json = file.lower().endswith(".json")
    if text.strip() and (named_json or text.lstrip().startswith("{")):
        composer = Composer(file)
        try:
            read_json(text, composer)
            return composer
        except SpecError:
            if named_json:
                raise  # else a YAML flow mapping may start like this too
    check_characters(text, file)
    composer = Composer(file)
    read_yaml(text, composer)
    return composer


def read_yaml(text: str, composer: Composer, loader: Any = LOADER) -> None:
    """Feeds the composer event by event: an alias or a deep nest stops before anything is built of it."""
    documents = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    message = (
                        "a file holds one spec; remove '---' and what follows, or move it to another file"
                    )
                    raise composer.stop("E004", message, _position(event.start_mark, composer))
            _take(event, composer)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text, composer) from None
    except yaml.YAMLError as error:
        message = f"not valid YAML: {str(error).splitlines()[0]}"
        raise composer.stop("E002", message, Position(composer.file, 1, 1)) from None


def _take(event: Any, composer: Composer) -> None:
    if isinstance(event, yaml.NodeEvent):
        at = _position(event.start_mark, composer)
        _refuse_features(event, at, composer)
        if isinstance(event, yaml.MappingStartEvent):
            composer.open({}, at)
        elif isinstance(event, yaml.SequenceStartEvent):
            composer.open([], at)
        else:
            composer.scalar(_value(event, at, composer), getattr(event, "value", ""), at)
    elif isinstance(event, yaml.CollectionEndEvent):
        composer.close()


def _refuse_features(event: Any, at: Position, composer: Composer) -> None:
    if isinstance(event, yaml.AliasEvent):
        composer.report("E004", ALIAS.format(shorten(event.anchor or "")), at)
        return
    if event.anchor is not None:
        composer.report("E004", ANCHOR.format(shorten(event.anchor)), at)
    if event.tag is not None:
        composer.report("E004", _tag_advice(shorten(event.tag)), at)


def _tag_advice(tag: str) -> str:
    tag = tag.replace("tag:yaml.org,2002:", "!!")
    if not tag.startswith("!") or tag.startswith("!!") or tag == "!":
        return f"tags ('{tag}') are not allowed; remove it, and put text in quotes"
    name = tag[1:] if tag in ("!Ref", "!Condition") else f"Fn::{tag[1:]}"
    return f"tags ('{tag}') are not allowed; write the long form {{\"{name}\": ...}}"


def _value(event: Any, at: Position, composer: Composer) -> Any:
    if isinstance(event, yaml.AliasEvent):
        return f"*{event.anchor}"  # reported; a key of this text keeps the mapping whole
    if not event.implicit[0]:
        return event.value
    if event.value == "<<":
        composer.report("E004", MERGE, at)
    try:
        return plain(event.value)
    except ValueError as error:
        composer.report("E105", str(error), at)
        return event.value


def _syntax_error(error: yaml.MarkedYAMLError, text: str, composer: Composer) -> SpecError:
    mark = error.problem_mark or error.context_mark
    opened = error.context_mark
    complaint = Complaint(
        problem=error.problem or "",
        at=(mark.line, mark.column) if mark else (0, 0),
        opened=(opened.line, opened.column) if opened else None,
    )
    message, (line, column) = explain(complaint, text)
    return composer.stop("E002", message, Position(composer.file, line + 1, column + 1))


def _position(mark: Any, composer: Composer) -> Position:
    return Position(composer.file, mark.line + 1, mark.column + 1)


def _not_a_file(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "this is a directory; name the spec file inside it"
    return "this is not a regular file; save the spec to a file first"


def _unreadable(path: str, message: str) -> SpecError:
    return SpecError([Diagnostic(Position(path, 1, 1), "E001", message)])
