"""A prepared plan -> the record of it that waits for approval; values of stacks only as digests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from compiler import __version__
from compiler.assembly import MANIFEST, Assembly, Stack, dumps, sha256
from compiler.deploy import bootstrap, seen, shown
from compiler.deploy.door import Aws
from compiler.deploy.prepared import Prepared, Removal, Step
from compiler.deploy.seen import Seen
from compiler.deploy.takeover import NOTHING, Imports
from compiler.review import approvals
from compiler.review.changes import ChangePlan, Phase, key


@dataclass(frozen=True)
class ReviewedStep:
    """One stack of the assembly: what was found, and what waits to be executed."""

    stack: str
    region: str  # as in assembly.Stack
    creates: bool
    protect: bool
    tags: Mapping[str, str]
    template: str  # sha256 of the body that is to be deployed
    inputs: Mapping[str, str]  # digests of the values that the change set was made with
    change_set: str | None  # the ARN; None when nothing changes, or when it is made only later
    name: (
        str | None
    )  # of the change set, also when nothing changes; None when it is made only while deploying
    stack_id: str | None  # which stack the change set is of
    seen: Seen | None  # None when there was no such stack
    express: bool = False
    revert: bool = False  # whether the change set also brings back what was changed by hand
    phase: Phase = ""
    expanded: Mapping[str, Any] | None = None  # the template in between, which no assembly has
    capabilities: tuple[str, ...] = ()  # that it takes
    after: tuple[str, ...] = ()  # the keys of what it waits for
    imports: Imports = NOTHING

    @property
    def key(self) -> str:
        """As `StackChanges.key`."""
        return key(self.stack, self.phase)


@dataclass(frozen=True)
class ReviewedRemoval:
    """One live stack that is to go, after those named in `after`."""

    seen: Seen
    after: tuple[str, ...]


@dataclass(frozen=True)
class Reviewed:
    """Everything that deploying a reviewed plan takes; the spec is not needed any more."""

    mark: str  # at the end of the names of all its change sets
    tool: str  # the version of Formwork
    created: datetime
    expires: datetime
    account: str
    region: str
    assembly_sha256: str  # of its templates and packages
    assembly: Assembly
    plan: ChangePlan
    approvals: tuple[str, ...]  # the ids of the changes that need one
    steps: tuple[ReviewedStep, ...]
    removals: tuple[ReviewedRemoval, ...]
    role_arn: str | None = None  # what CloudFormation acts with; None for the caller's own permissions


def of(
    prepared: Prepared, mark: str, created: datetime, expires: datetime, role_arn: str | None = None
) -> Reviewed:
    """The record of a plan whose change sets were made with this mark, by this role if any; reads the live
    templates once more.
    """
    assembly = prepared.assembly
    return Reviewed(
        mark=mark,
        tool=__version__,
        created=created,
        expires=expires,
        account=prepared.aws.identity().account,
        region=prepared.aws.region,
        assembly_sha256=assembly_sha256(assembly),
        assembly=assembly,
        plan=prepared.plan,
        approvals=tuple(named.id for named in approvals.needed(prepared.plan)),
        steps=tuple(_step(prepared, step) for step in prepared.steps),
        removals=tuple(_removal(removal) for removal in prepared.removals),
        role_arn=role_arn,
    )


def assembly_sha256(assembly: Assembly) -> str:
    """The address of an assembly's templates and packages, by their names."""
    # Not of its manifest, which says 900 of a budget that comes back from a file as 900.0.
    hashes = {name: sha256(content) for name, content in assembly.files().items() if name != MANIFEST}
    return sha256(dumps(hashes).encode())


def _step(prepared: Prepared, step: Step) -> ReviewedStep:
    draft, order, made = step.draft, step.order, step.change_set
    live = prepared.live.get(step.name) if not draft.creates else draft.dead
    inputs = order.inputs if order else {}
    return ReviewedStep(
        stack=step.name,
        region=draft.stack.region,
        creates=draft.creates,
        protect=draft.protect,
        tags=draft.tags,
        template=sha256(draft.stack.body.encode()),
        inputs={name: seen.digest(step.name, name, value) for name, value in inputs.items()},
        change_set=made.arn if made else None,
        name=order.name if order else None,
        stack_id=made.stack_id if made else None,
        seen=seen.of(live, shown.deployed(step.name, step.door(prepared.aws))) if live else None,
        express=draft.express,
        revert=draft.revert,
        phase=draft.phase,
        expanded=draft.stack.template if draft.phase == "expand" else None,
        capabilities=draft.stack.capabilities if draft.phase == "expand" else (),
        after=tuple(sorted(step.after)),
        imports=draft.imports,
    )


def _removal(removal: Removal) -> ReviewedRemoval:
    return ReviewedRemoval(seen.of(removal.live, removal.template), tuple(sorted(removal.after)))


def begun(assembly: Assembly, aws: Aws, mark: str, now: datetime, role_arn: str | None = None) -> Reviewed:
    """A plan of which nothing is known yet but its mark: enough to discard it, and never enough to run it."""
    own = [*map(bootstrap.stack, bootstrap.needed(assembly)), *assembly.stacks]
    bare = replace(assembly, stacks=(), assets=(), migrators=())
    return Reviewed(
        mark=mark,
        tool=__version__,
        created=now,
        expires=now,
        account=aws.identity().account,
        region=aws.region,
        assembly_sha256=assembly_sha256(bare),
        assembly=bare,
        plan=ChangePlan(assembly.platform, assembly.environment, ()),
        approvals=(),
        steps=tuple(_unknown(stack) for stack in own),
        removals=(),
        role_arn=role_arn,
    )


def _unknown(stack: Stack) -> ReviewedStep:
    """A step of which only the stack is known."""
    return ReviewedStep(
        stack=stack.name,
        region=stack.region,
        creates=False,
        protect=False,
        tags={},
        template="",
        inputs={},
        change_set=None,
        name=None,
        stack_id=None,
        seen=None,
    )
