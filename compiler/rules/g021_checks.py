"""G021: a check of an environment that cannot be made."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import suggest
from compiler.model import ALL, Check, Path, Platform
from compiler.rule import ERROR, Hit

ID = "G021"
SEVERITY = ERROR
WAIVABLE = False
SUMMARY = "a check of an environment cannot be made"
WHY = "A deployment would end with a check that asks nobody, or that can never hold."
FIX = "Say just one of `http`, `services` and `alarms`, and name components that the platform has."
SOURCE = "docs/checks.md"


def check(platform: Platform) -> Iterator[Hit]:
    """Each check that is not clear, and each name that no component has."""
    for each in platform.environment.checks:
        path: Path = ("environments", platform.environment.name, "checks", each.name)
        said = [word for word in ("http", "services", "alarms") if getattr(each, word)]
        if len(said) != 1:
            told = " and ".join(f"`{word}`" for word in said) or "none of them"
            yield Hit(path, f"check '{each.name}' says {told}; say just one of `http`, `services`, `alarms`")
        yield from _names(platform, each, path)
        if "://" in each.http and not each.http.startswith("https://"):
            yield Hit((*path, "http"), f"'{each.http}' does not begin with https://")


def _names(platform: Platform, found: Check, path: Path) -> Iterator[Hit]:
    asked = (found.http,) if found.http and "://" not in found.http else ()
    for word, names in (("http", asked), ("services", found.services), ("alarms", found.alarms)):
        for name in names if names != ALL else ():
            if name not in platform.components:
                known = sorted(platform.components)
                yield Hit((*path, word), f"no component is named '{name}'{suggest(name, known)}")
