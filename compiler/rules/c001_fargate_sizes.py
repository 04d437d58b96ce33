"""C001: memory that Fargate does not offer with this CPU."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.blocks.fargate.sizes import MEMORY, memory
from compiler.blocks.fargate.spec import containers
from compiler.model import Platform
from compiler.rule import ERROR, Hit, Remedy

ID = "C001"
SEVERITY = ERROR
WAIVABLE = False
SUMMARY = "Fargate does not offer this memory with this CPU"
WHY = "Fargate sells CPU and memory in fixed pairs and refuses a task definition with any other."
FIX = "Write one of the sizes that go with the `cpu`, or leave `memory` out to get the least of them."
SOURCE = "ECS developer guide, 'Fargate task definition differences: task CPU and memory', 2026"


def check(platform: Platform) -> Iterator[Hit]:
    """Each container with such a pair; the next larger size keeps what was meant."""
    for component, spec in containers(platform):
        offered = MEMORY[spec.cpu]
        if memory(spec) in offered:
            continue
        path = (*component.path, "memory")
        message = f"Fargate has no {spec.memory} MiB with {spec.cpu} CPU units; it has: {_listed(offered)}"
        larger = next((size for size in offered if size > memory(spec)), None)
        yield Hit(path, message, Remedy("set", path, larger) if larger else None)


def _listed(offered: tuple[int, ...]) -> str:
    if len(offered) <= 4:
        return ", ".join(map(str, offered))
    return f"{offered[0]} to {offered[-1]} in steps of {offered[1] - offered[0]}"
