"""Assembly + live stacks -> what has to happen to each, before any change set is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from compiler.assembly import Assembly, Stack
from compiler.deploy import bootstrap, guard, hints, regions
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError
from compiler.deploy.prepared import Draft
from compiler.deploy.records import LiveStack
from compiler.deploy.status import UPDATABLE, State, state
from compiler.deploy.wishes import Wishes

Live = Mapping[str, LiveStack]


def drafts(assembly: Assembly, aws: Aws, live: Live, mark: str, wishes: Wishes) -> Iterator[Draft]:
    """One for each stack, those of the bootstrap first.

    RefusedError when a stack is busy or somebody else's, DeployError when one is stuck.
    """
    for draft in _drafts(assembly, aws, live):
        revert = not draft.creates and draft.stack.name in wishes.revert
        yield replace(draft, mark=mark, imports=wishes.imports, revert=revert)


def check_halfway(assembly: Assembly, live: Live, unchanged: Iterable[str]) -> None:
    """An update that failed halfway must not be taken for one that has nothing left to do."""
    for name in unchanged:
        if name in live and state(live[name].status) is State.HALFWAY:
            raise DeployError(
                f"stack {name} is in {live[name].status}, and CloudFormation finds nothing in this build to "
                "update it with",
                f"change the spec, or see what `{hints.command(assembly, 'recover', '--stack', name)}` does",
            )


def _drafts(assembly: Assembly, aws: Aws, live: Live) -> Iterator[Draft]:
    for region in bootstrap.needed(assembly):
        yield _draft(Draft(bootstrap.stack(region), bootstrap.TAGS, creates=True), assembly, aws, live)
    first = next((stack.name for stack in assembly.stacks if not stack.region), None)
    for stack in assembly.stacks:
        if stack.name in live:
            guard.check_owned(live[stack.name], assembly)
        memory = regions.elsewhere(assembly, live.values()) if stack.name == first else {}
        yield _draft(Draft(stack, guard.tags(assembly) | memory, creates=True), assembly, aws, live)


def _draft(new: Draft, assembly: Assembly, aws: Aws, live: Live) -> Draft:
    found = live.get(new.stack.name)
    kept_role = found.role_arn if found else ""
    guarded = assembly.profile == "production"
    new = replace(new, guarded=guarded, role=aws.role_arn, kept_role=kept_role)
    # What holds data in production must not be deleted by mistake. That is seen to each time: a deployment
    # may have been killed before it came to this, and a stack may hold its first data only now.
    protect = bool(new.stack.stateful) and assembly.profile == "production"
    if found:
        new = replace(new, since=found.version)
        guard.check_usable(found, assembly)
        if state(found.status) in UPDATABLE:
            return replace(new, creates=False, protect=protect and not found.protected)
        if state(found.status) is State.FAILED_CREATE:
            _check_empty(new.stack, found, assembly, new.door(aws))
            new = replace(new, dead=found)
    return replace(new, protect=protect)


def _check_empty(stack: Stack, dead: LiveStack, assembly: Assembly, aws: Aws) -> None:
    """Only what never held data is deleted without being asked for."""
    if dead.status == "ROLLBACK_COMPLETE":
        return
    held = {r.logical_id for r in aws.resources(dead.name) if r.status != "DELETE_COMPLETE"} & set(
        stack.stateful
    )
    if held:
        raise DeployError(
            f"stack {dead.name} is in {dead.status} and still holds {', '.join(sorted(held))}",
            f"`{hints.way_out(assembly, dead)}` shows what may be lost, and deletes it once that is approved",
        )
