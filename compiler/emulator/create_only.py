"""Provider schemas -> create_only.json: what a changed property replaces, for the emulator's change sets.

The emulator knows this for some types only and calls every other update "Conditional". Run as a module, this
writes the file anew; the list of types is the file's own, so add a type with an empty entry and run it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from compiler.review.schemas import schema

FILE = Path(__file__).with_name("create_only.json")


def facts() -> dict[str, dict[str, list[str]]]:
    """For each type of the file, the top-level properties that replace it always, and those that may.

    The emulator looks at top-level properties only, so a create-only path inside one makes it "may".
    """
    found = {}
    for name in sorted(json.loads(FILE.read_text(encoding="utf-8"))):
        known = schema(name)
        paths = [*known.always, *known.maybe] if known else []
        always = {str(path[0]) for path in known.always if len(path) == 1} if known else set()
        found[name] = {"always": sorted(always), "maybe": sorted({str(path[0]) for path in paths} - always)}
    return found


def text() -> str:
    """The file as it should be."""
    lines = [f'  "{name}": {json.dumps(entry)}' for name, entry in facts().items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"wrote {FILE.name}\n")
