"""Former names of components that have done their work here -> a note that they can go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from compiler import names
from compiler.assembly import Assembly
from compiler.deploy.prepared import Step
from compiler.review.moves import earlier

Templates = Mapping[str, Mapping[str, Any]]  # by the name of their stack


def noted(steps: tuple[Step, ...], assembly: Assembly, live: Templates) -> tuple[Step, ...]:
    """The steps, with a note where a component has a former name that nothing here needs any more."""
    stale = {new: old for new, old in assembly.renames.items() if _is_stale(new, old, assembly, live)}
    result = []
    for step in steps:
        held = {origin.component for origin in step.draft.stack.origins.values()} & stale.keys()
        notes = tuple(
            f"`renamed_from: {stale[name]}` of {name} has done its work here and no name in AWS needs it: "
            "remove it once all environments are deployed"
            for name in sorted(held)
        )
        for name in held:
            del stale[name]  # said once
        result.append(replace(step, shown=replace(step.shown, notes=(*step.shown.notes, *notes))))
    return tuple(result)


def _is_stale(new: str, old: str, assembly: Assembly, live: Templates) -> bool:
    ids = {name for stack in live.values() for name in stack.get("Resources") or {}}
    wanted = {
        name for stack in assembly.stacks for name, origin in stack.origins.items() if origin.component == new
    }
    if not wanted <= ids or any(earlier(name, {new: old}) in ids for name in wanted):
        return False
    physical = names.physical(assembly.platform, assembly.environment, old)
    return not any(physical in stack.body for stack in assembly.stacks)
