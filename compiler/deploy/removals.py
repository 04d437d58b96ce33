"""Live stacks that nothing asks for any more -> what removing them would do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from compiler.assembly import Assembly
from compiler.deploy import guard, shown
from compiler.deploy.door import Aws
from compiler.deploy.order import ordered
from compiler.deploy.prepared import Removal
from compiler.deploy.records import LiveStack

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def of_strangers(
    assembly: Assembly, aws: Aws, live: Mapping[str, LiveStack], unprotect: bool | None = None
) -> tuple[Removal, ...]:
    """Removals of the environment's stacks that the assembly no longer has, one by one.

    Each goes after those that use its values, for what they hold may be in it, as a mount target is in a
    subnet; among the others the youngest goes first.
    """
    names = {stack.name for stack in assembly.stacks}
    found = [stack for stack in live.values() if stack.name not in names and guard.belongs(stack, assembly)]
    youngest = sorted(found, key=lambda stack: stack.created or _LONG_AGO, reverse=True)
    return ordered(_chain(assembly, aws, youngest, unprotect))


def _chain(
    assembly: Assembly, aws: Aws, stacks: list[LiveStack], unprotect: bool | None
) -> tuple[Removal, ...]:
    """Each after all before it; RefusedError when one of them is protected or busy."""
    guard.check_removable(stacks, unprotect)
    return tuple(
        shown.removal(assembly, stack, (before.name for before in stacks[:index]), aws)
        for index, stack in enumerate(stacks)
    )
