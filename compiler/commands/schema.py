"""`formwork schema`: the JSON Schema of specs, for editors; as Markdown, the reference for people."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import compiler.kinds
from compiler import pipeline
from compiler.alarm import Alarm
from compiler.assembly import dumps
from compiler.commands.files import content_of, write_file
from compiler.document import read
from compiler.exits import FINE, InvalidError
from compiler.registry import all_kinds
from compiler.schema import platform_schema
from compiler.views import reference


def arguments(parser: argparse.ArgumentParser) -> None:
    """--format, --out FILE, --check FILE."""
    parser.add_argument(
        "--format", choices=("json", "markdown"), default="json", help="how to print (default: json)"
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--out", metavar="FILE", help="write it to FILE instead of standard output")
    where.add_argument("--check", metavar="FILE", help="fail when FILE is not what would be written")


def run(options: argparse.Namespace) -> int:
    """Prints, writes or compares the schema."""
    schema = platform_schema()
    kinds = list(all_kinds().values())
    text = dumps(schema)
    if options.format == "markdown":
        text = reference.markdown(schema, kinds, example_alarms())
    if options.check:
        if content_of(options.check) != text.encode():
            raise InvalidError(f"{options.check} is stale; run `make golden` and read the difference")
    elif options.out:
        write_file(options.out, text.encode())
    else:
        sys.stdout.write(text)
    return FINE


def example_alarms() -> dict[str, list[Alarm]]:
    """The alarms of the kinds' examples, by kind; each once, from an example of the kind itself if any."""
    found: dict[str, dict[str, Alarm]] = {}
    platforms = [
        (example.parts[-3], pipeline.understand(document, environment))
        for example in sorted(Path(compiler.kinds.__path__[0]).glob("*/examples/*.yaml"))
        for document in [read(str(example))]
        for environment in pipeline.environments(document)
    ]
    for own in (True, False):
        for folder, platform in platforms:
            for component in platform.components.values():
                if not component.adopted and (component.kind == folder) is own:
                    for alarm in all_kinds()[component.kind].alarms(component, platform):
                        found.setdefault(component.kind, {}).setdefault(alarm.name, alarm)
    return {kind: list(alarms.values()) for kind, alarms in found.items()}
