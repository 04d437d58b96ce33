"""What runs that were killed left behind, found by the names that we give, and taken away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from compiler.assembly import Assembly
from compiler.deploy import bootstrap, guard
from compiler.deploy.door import Aws
from compiler.deploy.litter import Litter
from compiler.deploy.records import ChangeSetSummary, LiveStack
from compiler.deploy.status import State, state

# With a mark at its end, it is a plan file's: it may wait for days, and goes only with `plan --discard`, or
# when nothing can run it any more.
_OURS = re.compile(r"formwork-[0-9a-f]{12}(?P<mark>-[0-9a-f]{8})?")
# One that somebody may be about to run: of a deployment that waits for its answer, or is under way.
_FRESH = timedelta(hours=1)
# What no run can make use of, whoever made it: it failed, or its stack has changed since.
_DEAD = ("UNAVAILABLE", "OBSOLETE")

Live = Mapping[str, LiveStack]


def collect(
    assembly: Assembly, aws: Aws, live: Live, litter: Litter, alone: bool, now: datetime | None = None
) -> dict[str, LiveStack]:
    """The stacks but for the empty ones that are deleted; nothing is touched while one of them is busy.

    `alone` says that nobody else deploys the environment now; without, only what is an hour old goes. What
    could not be deleted stays in `litter`, which tries again and tells.
    """
    if any(state(stack.status) is State.BUSY for stack in live.values()):
        return dict(live)
    oldest = (now or datetime.now(UTC)) - _FRESH
    for stack in live.values():
        door = aws.in_region(stack.region)
        shared = stack.name == bootstrap.name("" if stack.region == assembly.region else stack.region)
        made = door.summaries(stack.name)
        for name in _ended(made, None if alone and not shared else oldest):
            litter.expect(door, stack.name, name, creates=True)
        if not made and state(stack.status) is State.REVIEW and guard.belongs(stack, assembly):
            litter.expect(door, stack.name, "", creates=True)
    litter.sweep()
    return {name: stack for name, stack in live.items() if not _went(stack, aws)}


def _ended(made: tuple[ChangeSetSummary, ...], oldest: datetime | None) -> Iterator[str]:
    """The names of those that nobody will run."""
    for each in made:
        ours = _OURS.fullmatch(each.name)
        if (
            ours is None
            or each.execution.startswith("EXECUTE_")
            or each.status.endswith(("PENDING", "PROGRESS"))
        ):
            continue
        waits = each.execution not in _DEAD
        fresh = oldest is not None and (each.created is None or each.created > oldest)
        if not waits or not (ours["mark"] or fresh):
            yield each.name


def _went(stack: LiveStack, aws: Aws) -> bool:
    """Only an empty one can have gone meanwhile; its id still finds it."""
    if state(stack.status) is not State.REVIEW:
        return False
    now = aws.in_region(stack.region).stack(stack.id)
    return now is None or state(now.status) is State.ABSENT
