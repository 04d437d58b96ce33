"""C008: helpers beside a container that leave it too little of the task's memory."""

from __future__ import annotations

import math
from collections.abc import Iterator

from compiler.blocks.fargate.helpers import LEAST, helpers
from compiler.blocks.fargate.sizes import MEMORY, memory
from compiler.blocks.fargate.spec import Container, containers
from compiler.model import Platform
from compiler.rule import ERROR, Hit, Remedy
from compiler.units import mebibytes

ID = "C008"
SEVERITY = ERROR
WAIVABLE = False
SUMMARY = "what runs beside the container leaves it too little of the task's memory"
WHY = (
    "The collector, the log router and folders in memory share the task's memory with the program. Without "
    "room it is killed while it starts, or ECS refuses the task definition."
)
FIX = "Raise `memory`, or lower what the helpers and `writable_size` take of it."
SOURCE = "ECS developer guide, 'Amazon ECS task definition parameters for Fargate', memory, 2026"


def check(platform: Platform) -> Iterator[Hit]:
    """Each container that has helpers and less than the least that a program needs."""
    for component, spec in containers(platform):
        kept = sum(helper.memory for helper in helpers(spec))
        folders = _folders(spec)
        if not kept or memory(spec) - kept - folders >= LEAST:
            continue
        path = (*component.path, "memory")
        enough = next((size for size in MEMORY[spec.cpu] if size >= kept + folders + LEAST), None)
        message = f"{_taken(spec, kept, folders)}; the container itself needs {LEAST} at least; " + (
            f"write {enough}, or lower theirs" if enough else "raise 'cpu' and 'memory', or lower theirs"
        )
        yield Hit(path, message, Remedy("set", path, enough) if enough else None)


def _folders(spec: Container) -> int:
    """The MiB of the folders in memory."""
    number = len(spec.writable) if spec.readonly_filesystem else 0
    return number * math.ceil(mebibytes(spec.writable_size))


def _taken(spec: Container, kept: int, folders: int) -> str:
    names = " and ".join(str(helper.path[0]) for helper in helpers(spec))
    also = f" and {folders} for folders in memory" if folders else ""
    return f"{kept} MiB for {names}{also}: {kept + folders} of {memory(spec)} MiB are taken"
