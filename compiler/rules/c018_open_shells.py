"""C018: people can run commands inside production's containers."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.blocks.fargate.spec import containers
from compiler.model import Platform
from compiler.rule import PRODUCTION_ERROR, Hit, Remedy

ID = "C018"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "people may run commands in production's containers"
WHY = (
    "Whoever may call `ecs:ExecuteCommand` is then root in the container, with the rights of its role and "
    "all its secrets; what is changed there is in no version and gone with the task."
)
FIX = "Remove `exec`, or set it only for other environments; waive it for the time of a search."
SOURCE = "ECS developer guide, 'Monitor Amazon ECS containers with ECS Exec', considerations, 2026"


def check(platform: Platform) -> Iterator[Hit]:
    """Each container that lets them."""
    for component, spec in containers(platform):
        if spec.exec:
            path = (*component.path, "exec")
            message = (
                f"'exec: true' gives whoever may use it all rights and secrets of '{component.name}'; "
                "production needs false"
            )
            yield Hit(path, message, Remedy("set", path, False))
