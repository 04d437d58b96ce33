"""The records of a review: one ChangePlan, whether predicted offline or read from change sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from compiler.assembly import Origin

# `refused`: AWS does not do it, or only by losing data; the first reason says what to write instead.
Action = Literal["add", "modify", "remove", "replace", "may-replace", "import", "refused"]
Risk = Literal["routine", "interrupting", "identity", "data-loss", "exposure"]
Recreation = Literal["never", "always", "maybe"]
# `create`, `update`, `delete`: there is something to execute. `none`: nothing changes.
StackAction = Literal["create", "update", "delete", "none"]
# Of a stack that is updated twice: first what is new, and at the end what is removed. Empty for all others.
Phase = Literal["", "expand", "contract"]

RISKS: tuple[Risk, ...] = ("data-loss", "exposure", "identity", "interrupting", "routine")
NEEDS_APPROVAL: frozenset[Risk] = frozenset({"data-loss", "exposure", "identity"})


@dataclass(frozen=True)
class PropertyChange:
    """One property, before and after; None where there is, or nothing is known of, no value."""

    path: str
    before: str | None
    after: str | None
    requires_replacement: Recreation = "never"
    # What was deployed, where somebody has changed it since: then `before` is what is live.
    deployed: str | None = None


@dataclass(frozen=True)
class Reason:
    """Why a change has its class: the id of the rule that says so, and its words."""

    rule: str
    text: str


@dataclass(frozen=True)
class Change:
    """One resource that changes, in the words of the spec."""

    logical_id: str
    type: str
    action: Action
    risk: Risk
    reasons: tuple[Reason, ...] = ()
    properties: tuple[PropertyChange, ...] = ()
    origin: Origin | None = None
    causes: tuple[str, ...] = ()  # the logical ids that alone bring it about; none when it is edited itself
    echo: bool = False  # listed by CloudFormation only because a value it uses is read again


@dataclass(frozen=True)
class StackChanges:
    """One stack's part of the plan."""

    stack: str
    layer: str
    action: StackAction
    changes: tuple[Change, ...]
    change_set: str | None = None  # the ARN, when these changes were read from a real change set
    predicted: bool = False  # True when the change set can be made only after an earlier stack
    notes: tuple[str, ...] = ()
    region: str = ""  # as in assembly.Stack
    phase: Phase = ""

    @property
    def key(self) -> str:
        """What tells this part of the plan from all others."""
        return key(self.stack, self.phase)


def key(stack: str, phase: Phase) -> str:
    """The stack's name, or, for what happens to it at the end, that and the phase."""
    return f"{stack} ({phase})" if phase == "contract" else stack


@dataclass(frozen=True)
class Relocation:
    """One resource that is taken to another stack or logical id, untouched, before anything changes."""

    stack: str
    logical_id: str
    to_stack: str
    to_logical_id: str
    type: str
    region: str = ""  # as in assembly.Stack
    origin: Origin | None = None


@dataclass(frozen=True)
class MigrationPlan:
    """What the migrations of one database would do, after its stack and before any later one."""

    component: str
    stack: str
    pending: tuple[str, ...] | None = None  # the files; None when it is not known before they run
    users: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # made, changed, shut_out -> names
    obstacle: str = ""  # why they would be refused
    hopeless: bool = False  # refused whatever is deployed first: the files contradict what has run
    unknown: str = ""  # why the database could not be asked

    @property
    def has_changes(self) -> bool:
        return bool(self.pending or self.users or self.obstacle)


@dataclass(frozen=True)
class ChangePlan:
    """All stacks of one environment, in the order in which they would be executed."""

    platform: str
    environment: str
    stacks: tuple[StackChanges, ...]
    migrations: tuple[MigrationPlan, ...] = ()
    moves: tuple[Relocation, ...] = ()

    @property
    def has_changes(self) -> bool:
        changing = bool(self.moves) or any(stack.action != "none" for stack in self.stacks)
        return changing or any(each.has_changes for each in self.migrations)

    @property
    def refused(self) -> tuple[Change, ...]:
        """What needs another change of the spec, in the order of execution."""
        return tuple(each for stack in self.stacks for each in stack.changes if each.action == "refused")

    def summary(self) -> dict[str, int]:
        """The number of changes per risk class, riskiest first."""
        counts = Counter(change.risk for stack in self.stacks for change in stack.changes)
        return {risk: counts[risk] for risk in RISKS}
