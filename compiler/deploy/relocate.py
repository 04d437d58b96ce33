"""The moves of a plan, carried out before anything else: stack refactors, one for each pair of stacks.

What is left to move is read anew before each, so that a run that was killed is taken up where it was.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace

from compiler.assembly import Assembly
from compiler.deploy import bootstrap, hints, intermediate, refactoring, shown
from compiler.deploy.apply import Run
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.prepared import Draft
from compiler.deploy.records import LiveStack
from compiler.deploy.schedule import Flow, Work
from compiler.deploy.status import State, state
from compiler.review.changes import Relocation
from compiler.review.moves import found, handed_over, receiving, touched

NAME = "moves"


def checked(
    assembly: Assembly,
    drafts: list[Draft],
    moves: tuple[Relocation, ...],
    live: Mapping[str, LiveStack],
    aws: Aws,
) -> list[Draft]:
    """The drafts, with the stacks that the moves make as stacks that will be there.

    RefusedError when CloudFormation would not move anything out of one of the stacks, or into it.
    """
    if not moves:
        return drafts
    _check(assembly, moves, live, aws)
    made = receiving({d.stack.name: d for d in drafts if not d.creates}, moves)
    return [replace(d, creates=False) if d.stack.name in made else d for d in drafts]


def _check(
    assembly: Assembly,
    moves: tuple[Relocation, ...],
    live: Mapping[str, LiveStack],
    aws: Aws,
) -> None:
    ready = {name for name, found in live.items() if state(found.status) is State.READY}
    regions = _regions(moves)
    for name in sorted(regions.keys() & ready):
        if aws.in_region(regions[name]).policy(name) is not None:
            raise RefusedError(
                f"stack {name} has a stack policy, and CloudFormation moves nothing out of such a stack or "
                "into it, whatever the policy says",
                "leave the component in its `stack` and under its name; or move it by hand, as "
                "docs/moving.md says",
            )
    for name in sorted(regions.keys() & live.keys() - ready):
        if state(live[name].status) is State.HALFWAY:
            raise _halfway(assembly, live[name])
    for pair in pairs(moves):
        door = aws.in_region(pair[0].region)
        intermediate.check({name: refactoring.parts(door, name) for name in touched(pair)}, pair)


def _halfway(assembly: Assembly, live: LiveStack) -> DeployError:
    return DeployError(
        f"stack {live.name} is in {live.status}, and CloudFormation moves nothing out of such a stack or "
        "into it",
        f"see what `{hints.command(assembly, 'recover', '--stack', live.name)}` does, and run again",
    )


def first(works: tuple[Work, ...], now: Run) -> tuple[Work, ...]:
    """The work with the moves before all of it, but for the bucket that a large template travels through.

    Before each refactor it is checked whether the run may go on, which ends the moves between two of them.
    """
    if not now.prepared.plan.moves:
        return works
    before = frozenset(map(bootstrap.name, bootstrap.needed(now.prepared.assembly)))
    later = (work if work.name in before else replace(work, after=work.after | {NAME}) for work in works)
    return (*later, Work(NAME, before, lambda: _run(now)))


def _run(now: Run) -> Flow:
    prepared = now.prepared
    shown_moves = {refactoring.key(move) for move in prepared.plan.moves}
    while True:
        yield from _at_rest(now)
        before = _deployed(now)
        left = found(before, prepared.assembly)
        if new := [move for move in left if refactoring.key(move) not in shown_moves]:
            told = ", ".join(f"{m.stack}/{m.logical_id} -> {m.to_stack}/{m.to_logical_id}" for m in new)
            raise RefusedError(
                f"something would move that was not shown: {told}",
                "run again and review the new plan; what was done before stays done",
            )
        if not left:
            return
        now.still()
        yield from refactoring.run(now, pairs(left)[0], handed_over(before, prepared.assembly))


def _at_rest(now: Run) -> Generator[None, None, None]:
    """Until no refactor is under way: one goes on by itself when nobody can be reached for a while."""
    for name, region in sorted(_regions(now.prepared.plan.moves).items()):
        aws = now.prepared.aws.in_region(region)
        while (live := aws.stack(name)) is not None and state(live.status) is State.BUSY:
            yield
        if live is not None and state(live.status) is State.HALFWAY:
            raise _halfway(now.prepared.assembly, live)
        if live is not None and state(live.status) is State.READY:
            now.outputs[name] = dict(live.outputs)


def _regions(moves: tuple[Relocation, ...]) -> dict[str, str]:
    """Of the stacks that something leaves or comes to."""
    return {name: move.region for move in moves for name in (move.stack, move.to_stack)}


def pairs(moves: tuple[Relocation, ...]) -> list[tuple[Relocation, ...]]:
    """The moves by the one or two stacks that they are about."""
    by_stacks: dict[tuple[str, ...], list[Relocation]] = {}
    for move in moves:
        by_stacks.setdefault(tuple(sorted({move.stack, move.to_stack})), []).append(move)
    return [tuple(by_stacks[names]) for names in sorted(by_stacks)]


def _deployed(now: Run) -> Assembly:
    """What is deployed at this moment."""
    prepared, there = now.prepared, {}
    for step in prepared.steps:
        aws = step.door(prepared.aws)
        live = aws.stack(step.name)
        if live is not None and state(live.status) is State.READY:
            there[step.name] = shown.deployed(step.name, aws)
    going = [
        replace(each, template=shown.deployed(each.live.name, each.door(prepared.aws)))
        for each in prepared.removals
        if state(each.live.status) is State.READY
    ]
    return shown.as_deployed(prepared.assembly, there, going) or replace(prepared.assembly, stacks=())
