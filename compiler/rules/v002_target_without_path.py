"""V002: an environment wants something of a path that is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compiler.availability.paths import ways
from compiler.diagnostics import suggest
from compiler.model import Platform
from compiler.rule import ERROR, Hit

ID = "V002"
SEVERITY = ERROR
WAIVABLE = False
SUMMARY = "an `availability_target` names a component that begins no path"
WHY = "The number is compared with nothing, and people believe that it is kept."
FIX = "Name a component where requests come in, or one that starts others."
SOURCE = "docs/availability.md, 'Paths'"


def check(platform: Platform) -> Iterator[Hit]:
    """Each such name, at the target."""
    wanted = platform.environment.availability_target
    if not isinstance(wanted, Mapping):
        return
    known = sorted({way.begins for way in ways(platform)})
    offered = f"those that do: {', '.join(known)}" if known else "none does here"
    for name in sorted(set(wanted) - set(known)):
        path = ("environments", platform.environment.name, "availability_target", name)
        yield Hit(path, f"'{name}' begins no path; {offered}{suggest(name, known)}")
