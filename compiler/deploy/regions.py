"""The regions that an environment is in, and which of the stacks there are its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compiler.assembly import Assembly
from compiler.deploy import bootstrap, guard
from compiler.deploy.door import Aws
from compiler.deploy.errors import RefusedError
from compiler.deploy.records import LiveStack

# On the environment's first stack: where else it has stacks, for a spec that no longer says so.
ELSEWHERE_TAG = "formwork:elsewhere"


def survey(assembly: Assembly, aws: Aws) -> dict[str, LiveStack]:
    """The live stacks that the environment has or had, in all its regions, by name; also the bootstrap's,
    and those that have a name of ours but belong to somebody else.

    RefusedError when a stack is not in the region where the spec wants it.
    """
    wanted = {stack.name: assembly.region_of(stack) for stack in assembly.stacks}
    wanted |= {bootstrap.name(region): region or assembly.region for region in _of_spec(assembly)}
    here = aws.stacks()
    elsewhere = sorted(_remembered(assembly, here) | _of_spec(assembly) - {""})
    found: dict[str, LiveStack] = {}
    for region in ("", *elsewhere):
        for stack in aws.in_region(region).stacks() if region else here:
            if _is_own(stack, region or assembly.region, wanted, assembly):
                found[stack.name] = stack
    return found


def elsewhere(assembly: Assembly, live: Iterable[LiveStack]) -> dict[str, str]:
    """The tag that says in which other regions the environment has stacks, or is about to; else nothing."""
    there = {stack.region for stack in live if guard.belongs(stack, assembly)} - {assembly.region, ""}
    regions = sorted(there | _of_spec(assembly) - {""})
    return {ELSEWHERE_TAG: " ".join(regions)} if regions else {}


def _of_spec(assembly: Assembly) -> set[str]:
    return {"", *(stack.region for stack in assembly.stacks)}


def _remembered(assembly: Assembly, here: Iterable[LiveStack]) -> set[str]:
    own = (stack for stack in here if guard.belongs(stack, assembly))
    return {region for stack in own for region in stack.tags.get(ELSEWHERE_TAG, "").split()}


def _is_own(stack: LiveStack, region: str, wanted: Mapping[str, str], assembly: Assembly) -> bool:
    if wanted.get(stack.name) == region:
        return True
    if not guard.belongs(stack, assembly):
        return False
    if stack.name in wanted:
        raise RefusedError(
            f"stack {stack.name} is in region {region}, but the spec wants it in {wanted[stack.name]}",
            "take what is there out of the spec and deploy that first; then deploy with the new region",
        )
    return True
