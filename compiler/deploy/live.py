"""Assembly + live stacks -> how the environment is doing, in the words of the spec."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from compiler.assembly import Assembly, Stack
from compiler.deploy import cause, guard, hints, regions
from compiler.deploy.door import Aws
from compiler.deploy.events import Failure
from compiler.deploy.follow import Operation
from compiler.deploy.records import LiveStack
from compiler.deploy.states import row
from compiler.deploy.status import SUCCESS, State, state


@dataclass(frozen=True)
class StackState:
    """One stack of the assembly, or a live one that the assembly no longer has."""

    name: str
    layer: str | None  # None when the assembly does not have it
    state: State
    status: str | None  # CloudFormation's word; None when there is no such stack
    outputs: Mapping[str, str]
    failure: Failure | None  # of the last operation, when it failed
    current: bool | None  # is the deployed template the assembly's? None when there is nothing to compare
    protected: bool = False
    region: str = ""  # as in assembly.Stack
    means: str = ""  # its status in words, where that is not one to be in
    helps: str = ""  # the command that leads out of it


@dataclass(frozen=True)
class Status:
    """The environment as it is."""

    platform: str
    environment: str
    account: str
    region: str
    stacks: tuple[StackState, ...]


def read(assembly: Assembly, aws: Aws) -> Status:
    """The live state of every stack; RefusedError in the wrong account or region."""
    caller = guard.check_place(assembly, aws)
    live = regions.survey(assembly, aws)
    own = [
        _helped(assembly, _state(stack, live.get(stack.name), aws.in_region(stack.region)), live)
        for stack in assembly.stacks
    ]
    names = {stack.name for stack in assembly.stacks}
    others = [s for s in live.values() if s.name not in names and guard.belongs(s, assembly)]
    ordered = sorted(others, key=lambda stack: stack.name)
    strangers = [_helped(assembly, _stranger(stack, assembly, aws), live) for stack in ordered]
    return Status(
        assembly.platform,
        assembly.environment,
        caller.account,
        aws.region,
        (*own, *strangers),
    )


def _helped(assembly: Assembly, found: StackState, live: Mapping[str, LiveStack]) -> StackState:
    """With the words of the table, where something is to be said."""
    if found.state in (State.READY, State.ABSENT):
        return found
    stack = live[found.name]
    return replace(found, means=row(stack.status).means, helps=hints.way_out(assembly, stack))


def _stranger(live: LiveStack, assembly: Assembly, aws: Aws) -> StackState:
    region = "" if live.region == assembly.region else live.region
    return replace(_state(None, live, aws.in_region(region)), region=region)


def _state(stack: Stack | None, live: LiveStack | None, aws: Aws) -> StackState:
    name = live.name if live else stack.name if stack else ""
    layer, region = (stack.layer, stack.region) if stack else (None, "")
    if live is None:
        return StackState(name, layer, State.ABSENT, None, {}, None, None, region=region)
    found = state(live.status)
    holds_template = stack is not None and found not in (State.REVIEW, State.BUSY)
    return StackState(
        name,
        layer,
        found,
        live.status,
        live.outputs,
        _failure(stack, live, aws),
        _is_current(stack, aws) if stack and holds_template else None,
        live.protected,
        region,
    )


def _failure(stack: Stack | None, live: LiveStack, aws: Aws) -> Failure | None:
    if live.status in SUCCESS or state(live.status) in (State.REVIEW, State.BUSY):
        return None
    events = cause.last_operation(aws, live.id)
    operation = Operation(live.name, live.id, "", None, stack.origins if stack else {}, events)
    return cause.of(aws, operation, live)


def _is_current(stack: Stack, aws: Aws) -> bool:
    try:
        deployed = json.loads(aws.template(stack.name))
    except ValueError:
        return False  # YAML, so not of our making
    return bool(deployed == json.loads(stack.body))
