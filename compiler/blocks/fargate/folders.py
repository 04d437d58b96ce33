"""The folders of a container that hold something else than its image: no two in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import permutations

from compiler.blocks.fargate.spec import Container
from compiler.kind import Problem
from compiler.model import Component, Path


def problems(component: Component, spec: Container) -> Iterable[Problem]:
    """Folders that are used twice, or lie inside each other: one hides what the other holds."""
    used = list(_used(component, spec))
    for folder, times in sorted(Counter(folder for folder, _ in used).items()):
        if times > 1:
            where = "writable" if folder in spec.writable else "connections"
            yield Problem((where,), "E210", f"{folder} is used for {times} things; mount one elsewhere")
    for (outer, _), (inner, path) in permutations(used, 2):
        if inner.startswith(f"{outer}/"):
            yield Problem(path, "E210", _inside(inner, outer, spec))


def _used(component: Component, spec: Container) -> Iterator[tuple[str, Path]]:
    for connection in component.connections:
        if isinstance(mount := connection.options.get("mount"), str):
            yield mount, ("connections", connection.target, "mount")
    for index, folder in enumerate(spec.writable if spec.readonly_filesystem else ()):
        yield folder, ("writable", index)


def _inside(inner: str, outer: str, spec: Container) -> str:
    if inner in spec.writable and outer in spec.writable:
        return f"{inner} lies inside {outer}, which is writable as a whole; remove it"
    return f"{inner} lies inside {outer}, which holds something else; move one of the two"
