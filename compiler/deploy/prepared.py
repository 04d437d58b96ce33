"""What planning found out and made: enough to execute it, or to take it all back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from compiler.assembly import Assembly, Stack
from compiler.deploy.changeset import Order
from compiler.deploy.clock import Clock
from compiler.deploy.door import Aws
from compiler.deploy.inputs import Outputs
from compiler.deploy.litter import Litter
from compiler.deploy.records import ChangeSet, LiveStack
from compiler.deploy.takeover import NOTHING, Imports
from compiler.review.changes import ChangePlan, Phase, StackChanges, key


@dataclass(frozen=True)
class Draft:
    """What has to happen to one stack, before its change set is known."""

    stack: Stack
    tags: Mapping[str, str]
    creates: bool
    dead: LiveStack | None = None  # what is left of a first deployment that failed; deleted first
    protect: bool = False  # turn termination protection on once it is there
    mark: str = ""  # of the plan file that its change sets are kept for
    express: bool = False  # end when the configuration is applied; Formwork then waits itself
    obstacle: str = ""  # why not, although it was asked for
    revert: bool = False  # also bring back what was changed by hand
    phase: Phase = ""
    guarded: bool = False  # in production, where a stack policy keeps what holds data
    open: tuple[str, ...] = ()  # what holds data and the stack policy was found not to keep
    role: str = ""  # what CloudFormation is told to act with
    kept_role: str = ""  # what it acted with the last time
    since: str = ""  # which state of the stack was found; empty when there was none
    imports: Imports = NOTHING
    reverts_later: bool = False  # what was changed by hand is for the next deployment, although it was wanted

    def door(self, aws: Aws) -> Aws:
        """To where the stack lives."""
        return aws.in_region(self.stack.region)

    def order(self, inputs: Mapping[str, str], bucket: str | None) -> Order:
        """What its change set is made of."""
        made = (self.stack, inputs, self.tags, self.creates, bucket, self.mark)
        return Order(*made, self.express, self.revert, self._previous(), self.since, self.imports.wanted)

    def _previous(self) -> tuple[str, ...]:
        """In between, what is kept is fed as before; the assembly does not know any more with what."""
        if self.phase != "expand":
            return ()
        return tuple(sorted((self.stack.template.get("Parameters") or {}).keys() - self.stack.parameters))


@dataclass(frozen=True)
class Step:
    """One stack of the assembly: what was shown for it, and the change set if there is one."""

    draft: Draft
    shown: StackChanges
    order: Order | None  # None when the change set can only be made after an earlier stack
    change_set: ChangeSet | None
    after: frozenset[str] = frozenset()  # the keys of what it waits for beside all that comes first

    @property
    def name(self) -> str:
        return self.draft.stack.name

    @property
    def key(self) -> str:
        """As `StackChanges.key`."""
        return key(self.name, self.draft.phase)

    def door(self, aws: Aws) -> Aws:
        """To where the stack lives."""
        return self.draft.door(aws)


@dataclass(frozen=True)
class Removal:
    """One live stack that is to go, after those named in `after`."""

    live: LiveStack
    template: Mapping[str, Any]  # what is deployed
    shown: StackChanges
    after: frozenset[str] = frozenset()

    def door(self, aws: Aws) -> Aws:
        """To where the stack lives."""
        return aws.in_region(self.live.region)


@dataclass(frozen=True)
class Prepared:
    """A plan that can be executed, once; leaving its `with` block discards what did not run."""

    assembly: Assembly
    plan: ChangePlan
    steps: tuple[Step, ...]
    removals: tuple[Removal, ...]
    outputs: Outputs  # of the live stacks, when the plan was made
    aws: Aws = field(repr=False, compare=False)
    clock: Clock = field(repr=False, compare=False)
    litter: Litter = field(repr=False, compare=False)
    # What is deployed now: the assembly with the templates of the live stacks; None when there are none.
    before: Assembly | None = None
    live: Mapping[str, LiveStack] = field(default_factory=dict, repr=False)  # all there was, by name
    done: frozenset[str] = frozenset()  # the keys of what an earlier run brought to what was shown

    def __enter__(self) -> Prepared:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    @property
    def has_work(self) -> bool:
        """Whether running it would change anything; migrations may, as long as they were not asked."""
        left = [s for s in self.plan.stacks if s.action != "none" and s.key not in self.done]
        return bool(left) or (self.plan.has_changes and bool(self.plan.migrations))

    def keep(self) -> None:
        """From here on the change sets are somebody else's to execute or to delete."""
        self.litter.forget()

    def discard(self) -> tuple[str, ...]:
        """Delete the change sets and empty stacks that planning made; in words, what could not be deleted."""
        return self.litter.sweep()
