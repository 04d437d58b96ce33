"""`formwork explain value PATH --env E`: what a value of the resolved spec is, and where it comes from."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import Any

from compiler import pipeline
from compiler.commands.options import environment_option, format_option, spec_of, spec_option
from compiler.diagnostics import suggest
from compiler.document import read
from compiler.exits import FINE, UserError
from compiler.model import Path, Platform


def arguments(parser: argparse.ArgumentParser) -> None:
    """PATH, --spec, --env, --format."""
    parser.add_argument("path", metavar="PATH", help="dotted, such as streams.telemetry.retention")
    spec_option(parser)
    environment_option(parser, required=True)
    format_option(parser, ("text", "json"))


def run(options: argparse.Namespace) -> int:
    """Prints it, or all that is in it."""
    platform = pipeline.understand(read(spec_of(options)), options.env)
    path, value = _find(options.path, platform)
    leaves = list(_leaves(value, path))
    if options.format == "json":
        print(json.dumps([_entry(platform, leaf, value) for leaf, value in leaves], indent=2))
    else:
        print("\n".join(_line(platform, leaf, value) for leaf, value in leaves))
    return FINE


def _find(text: str, platform: Platform) -> tuple[Path, Any]:
    """What a dotted text means, and its value; UserError with the nearest key when there is nothing."""
    value: Any = platform.values
    path: Path = ()
    for word in text.split("."):
        keys = {str(key): key for key in (value if isinstance(value, dict) else _indexes(value))}
        if word not in keys:
            where = f"'{'.'.join(map(str, path))}'" if path else "the spec"
            known = f"it has: {', '.join(keys)}" if keys else "it holds nothing further"
            raise UserError(f"{where} has no '{word}'; {known}{suggest(word, keys)}")
        path = (*path, keys[word])
        value = value[keys[word]]
    return path, value


def _indexes(value: Any) -> range:
    return range(len(value)) if isinstance(value, list) else range(0)


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    else:
        yield path, value


def _entry(platform: Platform, path: Path, value: Any) -> dict[str, Any]:
    origin = platform.origin(path)
    place = str(origin.position) if origin.position else None
    return {
        "path": ".".join(map(str, path)),
        "value": value,
        "source": origin.source,
        "position": place,
        "applies": _adopted(platform, path) is None,
    }


def _adopted(platform: Platform, path: Path) -> str | None:
    """The component for which a value means nothing, because it exists already; None where there is none."""
    for component in platform.components.values():
        size = len(component.path)
        if component.adopted and path[:size] == component.path and path[size : size + 1] != ("existing",):
            return component.name
    return None


def _line(platform: Platform, path: Path, value: Any) -> str:
    entry = _entry(platform, path, value)
    place = f", {entry['position']}" if entry["position"] else ""
    shown = value if isinstance(value, str) else json.dumps(value)
    adopted = _adopted(platform, path)
    unused = f"; means nothing here, for '{adopted}' exists already" if adopted else ""
    return f"{entry['path']} = {shown}\n  from {entry['source']}{place}{unused}"
