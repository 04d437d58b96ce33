"""`formwork explain`: where a value comes from, what a rule or profile is, what runs out, who may do what."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import Any

from compiler import pipeline
from compiler.commands import (
    explain_access,
    explain_availability,
    explain_capacity,
    explain_profile,
    explain_recovery,
)
from compiler.commands.options import environment_option, format_option, spec_of, spec_option
from compiler.diagnostics import suggest
from compiler.document import read
from compiler.exits import FINE, UserError
from compiler.model import Path, Platform


def arguments(parser: argparse.ArgumentParser) -> None:
    """`value PATH`, `rule ID`, `profile NAME`, `connection CONSUMER TARGET`, `role COMPONENT`; and of a SPEC
    `availability`, `capacity` and `recovery`.
    """
    topics = parser.add_subparsers(dest="topic", metavar="TOPIC", required=True)
    value = topics.add_parser("value", help="a value of the resolved spec, and where it comes from")
    value.add_argument("path", metavar="PATH", help="dotted, such as streams.telemetry.retention")
    spec_option(value)
    environment_option(value, required=True)
    format_option(value, ("text", "json"))
    rule = topics.add_parser("rule", help="what a lint rule checks, why, and how to mend what it finds")
    rule.add_argument("rule", metavar="ID", help="a house rule or a cfn-lint rule")
    explain_profile.arguments(
        topics.add_parser("profile", help="which defaults a profile sets, and how severe it makes the rules")
    )
    explain_availability.arguments(
        topics.add_parser("availability", help="what AWS promises of each request path, against the target")
    )
    explain_recovery.arguments(
        topics.add_parser("recovery", help="what losing the region would cost each component")
    )
    explain_capacity.arguments(
        topics.add_parser("capacity", help="what binds each component, with the arithmetic")
    )
    explain_access.connection_arguments(
        topics.add_parser("connection", help="what a connection gives: statements, network, variables, why")
    )
    explain_access.role_arguments(
        topics.add_parser("role", help="the whole policy of each role of a component, and why")
    )


def run(options: argparse.Namespace) -> int:
    """Prints the explanation."""
    if options.topic == "recovery":
        return explain_recovery.run(options)
    if options.topic == "availability":
        return explain_availability.run(options)
    if options.topic == "profile":
        return explain_profile.run(options)
    if options.topic == "capacity":
        return explain_capacity.run(options)
    if options.topic in explain_access.TOPICS:
        return explain_access.run(options)
    if options.topic == "rule":
        from compiler.lint import catalogue

        print(catalogue.describe(options.rule))
        return FINE
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
