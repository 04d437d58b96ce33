"""The events and resources of a stuck stack -> what keeps it there, and what in it may hold data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from compiler.assembly import Assembly, Origin
from compiler.deploy import cause, failing, shown
from compiler.deploy.attach import origins
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError
from compiler.deploy.records import LiveStack, StackEvent
from compiler.deploy.redacting import safe
from compiler.stateful import STATEFUL

# Sentences of providers and of CloudFormation for what may work at the next try (domain report 6.5).
_TRANSIENT = re.compile(
    r"Rate exceeded|Throttl|TooManyRequests|Service ?Unavailable|Internal ?(Failure|Error)|timed? ?out"
    r"|exceeded attempts to wait|did not stabilize|NotStabilized",
    re.IGNORECASE,
)
_ONCE_THERE = ("CREATE_COMPLETE", "IMPORT_COMPLETE", "UPDATE_COMPLETE")
_GONE = ("DELETE_COMPLETE", "DELETE_SKIPPED")


@dataclass(frozen=True)
class Part:
    """One resource of a stuck stack."""

    logical_id: str  # as CloudFormation is told: `<nested stack's name>.<logical id>` inside a nested stack
    physical_id: str
    type: str
    reason: str  # why it failed; empty when it did not
    holds_data: bool
    origin: Origin | None
    policy: str = "Delete"  # its DeletionPolicy, where that was asked for


def in_rollback(aws: Aws, live: LiveStack, assembly: Assembly) -> tuple[Part, ...]:
    """What the latest rollback of an update could not put back: the fewest resources to skip.

    Source: CloudFormation API reference, ContinueUpdateRollback, ResourcesToSkip: only what failed because of
    the rollback, and in nested stacks by the name of the nested stack, not by its logical id.
    """
    known = origins(assembly, live.name)
    failed = _failed(aws, live.id, "UPDATE_ROLLBACK_IN_PROGRESS")
    found = [
        _part(inner, prefix + inner.logical_id, known.get(outer.logical_id), assembly, live)
        for outer in failed
        for prefix, inner in _innermost(aws, outer)
    ]
    return tuple(sorted(found, key=lambda part: part.logical_id))


def in_deletion(aws: Aws, live: LiveStack, assembly: Assembly) -> tuple[Part, ...]:
    """What the latest deletion could not delete."""
    known = origins(assembly, live.name)
    failed = _failed(aws, live.id, "DELETE_IN_PROGRESS")
    found = [_part(event, event.logical_id, known.get(event.logical_id), assembly, live) for event in failed]
    return tuple(sorted(found, key=lambda part: part.logical_id))


def holders(aws: Aws, live: LiveStack, assembly: Assembly) -> tuple[Part, ...]:
    """What is there, was once made to its end, and may hold data; with what deleting the stack does to it."""
    known, template = origins(assembly, live.name), shown.deployed(live.id, aws)
    made = {event.logical_id for event in aws.events(live.id) if event.status in _ONCE_THERE}
    policies = {key: value.get("DeletionPolicy") for key, value in template.get("Resources", {}).items()}
    return tuple(
        Part(
            found.logical_id,
            found.physical_id,
            found.type,
            "",
            True,
            known.get(found.logical_id),
            policies.get(found.logical_id) or "Delete",
        )
        for found in sorted(aws.resources(live.id), key=lambda each: each.logical_id)
        if found.status not in _GONE
        and found.logical_id in made
        and _holds_data(found.logical_id, found.type, assembly, live)
    )


def is_worth_a_try(aws: Aws, live: LiveStack, parts: tuple[Part, ...]) -> bool:
    """Whether a rollback may work as it is: it was not tried again yet, or failed for a passing reason."""
    tries = [e for e in cause.last_operation(aws, live.id) if e.of_stack and e.status == live.status]
    passing = bool(parts) and all(_TRANSIENT.search(part.reason) for part in parts)
    return passing or len(tries) < 2


def _failed(aws: Aws, stack_id: str, beginning: str) -> list[StackEvent]:
    """The latest event of each resource that failed by itself since the stack was last in that status."""
    latest: dict[str, StackEvent] = {}
    for event in aws.events(stack_id):
        if event.of_stack and event.status == beginning:
            break
        if not event.of_stack:
            latest.setdefault(event.logical_id, event)
    return [e for e in latest.values() if e.status.endswith("_FAILED") and not failing.is_follow_up(e.reason)]


def _innermost(aws: Aws, event: StackEvent, prefix: str = "") -> Iterator[tuple[str, StackEvent]]:
    """The failure itself, or those inside the nested stack that it is of."""
    if event.type != cause.NESTED or not event.physical_id:
        yield prefix, event
        return
    name = event.physical_id.split("/")[1] if "/" in event.physical_id else event.physical_id
    try:
        inner = _failed(aws, event.physical_id, "UPDATE_ROLLBACK_IN_PROGRESS")
    except DeployError:
        return  # its history is gone: what failed in it cannot be named, and only that can be skipped
    for each in inner:
        yield from _innermost(aws, each, f"{name}.")


def _part(event: StackEvent, name: str, origin: Origin | None, assembly: Assembly, live: LiveStack) -> Part:
    holds = _holds_data(name, event.type, assembly, live)
    return Part(name, event.physical_id, event.type, safe(event.reason), holds, origin)


def _holds_data(logical_id: str, kind: str, assembly: Assembly, live: LiveStack) -> bool:
    stateful = {name for stack in assembly.stacks if stack.name == live.name for name in stack.stateful}
    return kind in STATEFUL or logical_id in stateful
