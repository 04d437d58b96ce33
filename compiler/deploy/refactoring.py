"""One stack refactor: what it needs deployed before, its templates, made, looked at, executed, waited for.

A refactor that was made and not executed cannot be deleted and hurts nobody; one is made only when it is
about to be executed.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import Any

from compiler.assembly import Stack, sha256
from compiler.deploy import bootstrap, changeset, follow, intermediate, remove, shown, starting
from compiler.deploy.apply import Run
from compiler.deploy.changeset import Order
from compiler.deploy.door import Aws
from compiler.deploy.doors.refactor import Move, Refactor, RefactorRequest
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.events import MoveFinished, MoveStarted
from compiler.deploy.follow import Operation
from compiler.deploy.intermediate import HANDLE, PLACEHOLDER, Parts
from compiler.deploy.records import ChangeSet, LiveStack
from compiler.deploy.schedule import Flow
from compiler.deploy.status import SUCCESS, State, state
from compiler.review.changes import Relocation
from compiler.review.moves import Place, touched

_NEW: Mapping[str, Any] = {"Resources": {PLACEHOLDER: HANDLE}}
_AGAIN = "nothing was moved between these stacks; correct the cause and run again"


def run(now: Run, moves: tuple[Relocation, ...], kept: tuple[Place, ...]) -> Flow:
    """One refactor, with what must be deployed before it; DeployError when it failed, after it was undone."""
    aws, clock = now.prepared.aws.in_region(moves[0].region), now.prepared.clock
    start, names = clock.now(), sorted(touched(moves))
    yield MoveStarted(moves)
    for name in names:
        live = aws.stack(name)
        if live is not None and state(live.status) is State.FAILED_CREATE:
            yield from _removed(now, aws, live)
            live = None
        if live is None or state(live.status) in (State.ABSENT, State.REVIEW):
            yield from _deploy(now, aws, _order(now, name, _NEW, None))
    stacks = {name: parts(aws, name) for name in names}
    for name, template in intermediate.prepared(stacks, moves, kept).items():
        yield from _deploy(now, aws, _order(now, name, template, aws.stack(name)))
        stacks[name] = parts(aws, name)
    texts = {
        name: _text(now, aws, moves[0].region, template)
        for name, template in intermediate.templates(stacks, moves).items()
    }
    wanted = [Move(*key(move)) for move in moves]
    description = f"{now.prepared.assembly.platform} {now.prepared.assembly.environment}"
    made = aws.create_refactor(RefactorRequest(texts, wanted, f"formwork: {description}"))
    yield from _created(aws, made)
    _check_actions(aws, made, wanted)
    now.still()
    aws.execute_refactor(made)
    yield from _executed(aws, made)
    for name in names:
        live = yield from _at_rest(aws, name)
        now.outputs[name] = dict(live.outputs)
    yield MoveFinished(moves, clock.now() - start)


def key(move: Relocation) -> tuple[str, str, str, str]:
    """From where to where."""
    return move.stack, move.logical_id, move.to_stack, move.to_logical_id


def parts(aws: Aws, name: str) -> Parts:
    """A live stack as a move needs to know it; one that is not there yet, as it will be made."""
    live = aws.stack(name)
    if live is None or state(live.status) is not State.READY:
        return Parts(_NEW, {}, {}, {})
    physical = {each.logical_id: each.physical_id for each in aws.resources(name)}
    return Parts(shown.deployed(name, aws), live.parameters, live.outputs, physical)


def _removed(now: Run, aws: Aws, live: LiveStack) -> Flow:
    """What is left of a first deployment that failed, deleted as was shown."""
    shown_dead = now.prepared.live.get(live.name)
    if shown_dead is None or shown_dead.id != live.id:
        raise RefusedError(
            f"stack {live.name} is in {live.status}, and was not when the plan was made",
            "run again and review the new plan",
        )
    yield from remove.remove(aws, now.prepared.clock, live, now.retained, now.watch)


def _order(now: Run, name: str, template: Mapping[str, Any], live: LiveStack | None) -> Order:
    """A change set for nothing but what a move needs."""
    own = {step.name: step.draft for step in now.prepared.steps}
    draft = own.get(name)
    region = "" if live is None or live.region == now.prepared.assembly.region else live.region
    stack = draft.stack if draft else Stack(name, "", {}, {}, (), (), {}, (), region=region)
    iam = ("CAPABILITY_NAMED_IAM",) if live else ()
    stack = replace(stack, template=template, capabilities=tuple(dict.fromkeys((*stack.capabilities, *iam))))
    bucket = now.outputs.get(bootstrap.name(stack.region), {}).get(bootstrap.BUCKET_OUTPUT)
    tags = live.tags if live else draft.tags if draft else {}
    return Order(stack, live.parameters if live else {}, tags, live is None, bucket)


def _deploy(now: Run, aws: Aws, order: Order) -> Flow:
    """A change set that may only add what keeps the stack's place, tell values, and set policies."""
    made = yield from changeset.make(aws, now.prepared.litter, order)
    if made is None:
        return
    _check_harmless(order.stack, made)
    token = changeset.token(made, "")
    operation = Operation(order.stack.name, made.stack_id, token, follow.newest(aws, made.stack_id))
    yield from now.watch.answered(now.still)
    yield from starting.execute(aws, made, operation, now.watch)
    now.prepared.litter.executed(order.stack.name, made.name)
    live = yield from follow.until_rest(aws, operation, now.watch)
    if live is None or live.status not in SUCCESS:
        status = live.status if live else "gone"
        raise DeployError(f"stack {order.stack.name} could not be made ready for moves: {status}", _AGAIN)


def _check_harmless(stack: Stack, made: ChangeSet) -> None:
    changes = [
        change["ResourceChange"]
        for page in made.pages
        for change in page.get("Changes") or ()
        if "ResourceChange" in change
    ]
    for change in changes:
        policy_only = change["Action"] == "Modify" and set(change.get("Scope") or ()) == {"DeletionPolicy"}
        if change["LogicalResourceId"] != PLACEHOLDER and not policy_only:
            raise RefusedError(
                f"making stack {stack.name} ready for moves would {change['Action'].lower()} "
                f"{change['LogicalResourceId']}, which was not shown",
                "somebody changed the stack: deploy without the move first, and then with it",
            )


def _text(now: Run, aws: Aws, region: str, template: Mapping[str, Any]) -> str:
    """A template as a refactor takes it: its text, as short as it can be, or where it is."""
    text = json.dumps(template, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    if len(text.encode()) <= bootstrap.INLINE_LIMIT:
        return text
    bucket = now.outputs.get(bootstrap.name(region), {}).get(bootstrap.BUCKET_OUTPUT)
    if bucket is None:
        raise DeployError(
            f"a template is too large to be sent, and stack {bootstrap.name(region)} offers no bucket",
            "deploy without the move first, and then with it",
        )
    key = f"templates/{sha256(text.encode())}.json"
    aws.put_object(bucket, key, text.encode())
    return aws.template_url(bucket, key)


def _created(aws: Aws, refactor: str) -> Generator[None, None, None]:
    while True:
        one = aws.refactor(refactor)
        if one.status == "CREATE_COMPLETE":
            return
        if one.status != "CREATE_IN_PROGRESS":
            raise DeployError(f"CloudFormation refuses to move this: {_reason(one.reason, one)}", _AGAIN)
        yield


def _executed(aws: Aws, refactor: str) -> Generator[None, None, None]:
    while True:
        one = aws.refactor(refactor)
        if one.execution == "EXECUTE_COMPLETE":
            return
        if one.execution not in ("EXECUTE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "AVAILABLE"):
            raise DeployError(
                f"moving failed and was undone ({one.execution}): {_reason(one.execution_reason, one)}",
                _AGAIN,
            )
        yield


def _reason(text: str, refactor: Refactor) -> str:
    return text.rstrip(". ") or f"it gave no reason; refactor {refactor.id}"


def _check_actions(aws: Aws, refactor: str, wanted: list[Move]) -> None:
    """RefusedError unless CloudFormation would do just what was shown."""
    actions = aws.refactor_actions(refactor)
    real = {each.move for each in actions if each.action == "MOVE" and each.entity == "RESOURCE"}
    others = [each.description for each in actions if each.action != "MOVE"]
    if real != set(wanted) or others:
        more = ", ".join(sorted(f"{m.stack}/{m.logical_id}" for m in real ^ set(wanted) if m)) or "; ".join(
            others
        )
        raise RefusedError(f"CloudFormation would move otherwise than was shown: {more}", _AGAIN)


def _at_rest(aws: Aws, name: str) -> Generator[None, None, LiveStack]:
    while True:
        live = aws.stack(name)
        if live is not None and state(live.status) is State.READY:
            return live
        if live is None or state(live.status) is not State.BUSY:
            raise DeployError(
                f"stack {name} is in {live.status if live else 'no state'} after its resources moved",
                "look at it with `formwork status`, and run again",
            )
        yield
