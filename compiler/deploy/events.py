"""What happens during a deployment, as records; whoever wants to see them renders them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from compiler.assembly import Origin
from compiler.review.changes import Relocation

Doing = Literal["create", "update", "delete", "none"]
# Of evidence: all are AWS's words but for `log`, and for `unseen`, which says what could not be looked at.
Kind = Literal["hook", "state", "events", "tasks", "targets", "log", "others", "unseen"]


@dataclass(frozen=True)
class PlanStarted:
    """The work begins; the stacks in the order of the plan."""

    stacks: tuple[str, ...]
    migrations: tuple[str, ...] = ()  # the databases whose migrations run on the way


@dataclass(frozen=True)
class Waiting:
    """Nothing new; these stacks are still under way, each with the seconds since it began."""

    stacks: Mapping[str, float]


@dataclass(frozen=True)
class AssetUploaded:
    """One asset is in the bucket; `uploaded` is False when it was there already."""

    key: str
    component: str
    size: int  # bytes
    uploaded: bool


@dataclass(frozen=True)
class Expected:
    """How long an operation usually takes, from the stack's own history."""

    seconds: float | None = None  # the whole; None when it was never done
    usual: Mapping[str, float] = field(default_factory=dict)  # seconds by logical id, where they are known
    limits: Mapping[str, float] = field(default_factory=dict)  # seconds, then CloudFormation gives up on each


@dataclass(frozen=True)
class StackStarted:
    """An operation on one stack begins."""

    stack: str
    doing: Doing
    resources: int = 0  # how many changes were shown
    expected: Expected = Expected()


@dataclass(frozen=True)
class ResourceEvent:
    """One line of a stack's history, about one of its resources."""

    stack: str
    logical_id: str
    type: str
    status: str
    reason: str
    time: datetime
    origin: Origin | None


@dataclass(frozen=True)
class StackFinished:
    """A stack is as it should be."""

    stack: str
    doing: Doing
    status: str
    seconds: float
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """What AWS knows of something that failed; looked up before a rollback takes it away."""

    logical_id: str  # of the resource that it is about
    kind: Kind
    about: str  # whose words these are
    lines: tuple[str, ...]  # oldest first, without what looks like a credential


@dataclass(frozen=True)
class Failure:
    """Why an operation on a stack failed: the first real cause, in the words of the spec."""

    stack: str
    status: str
    logical_id: str  # empty when the stack itself says why
    type: str
    reason: str
    origin: Origin | None
    advice: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class StackFailed:
    """A stack is not as it should be; the rest of what runs is waited for, nothing more is begun."""

    stack: str
    failure: Failure
    seconds: float


@dataclass(frozen=True)
class MigrationStarted:
    """The migrations of one database begin; the stack that holds them is there."""

    component: str
    stack: str


@dataclass(frozen=True)
class MigrationFinished:
    """A database is at the version of the files; which of them were applied just now."""

    component: str
    applied: tuple[str, ...]
    users: Mapping[str, tuple[str, ...]]  # made, changed, shut_out -> names
    seconds: float


@dataclass(frozen=True)
class MigrationFailed:
    """A migration failed; those applied before it stay applied, no later stack is begun."""

    component: str
    reason: str  # file, line, and what PostgreSQL said
    advice: str
    applied: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Retained:
    """A resource that outlives its stack, on purpose."""

    stack: str
    logical_id: str
    physical_id: str
    type: str


@dataclass(frozen=True)
class Deployed:
    """All done: the outputs of every stack of the assembly, by stack, then by name."""

    outputs: Mapping[str, Mapping[str, str]]
    seconds: float
    retained: tuple[Retained, ...] = ()  # by the stacks that were removed


@dataclass(frozen=True)
class Destroyed:
    """All stacks are gone; what was kept on purpose."""

    retained: tuple[Retained, ...]
    seconds: float


@dataclass(frozen=True)
class LeftBehind:
    """Something that should have been cleaned up, but could not be."""

    text: str


@dataclass(frozen=True)
class Settling:
    """A stack is configured; these resources, each with what it does, are not ready to be used."""

    stack: str
    waiting: Mapping[str, str]


@dataclass(frozen=True)
class Settled:
    """All of a stack can be used; in words, of what that could not be seen."""

    stack: str
    seconds: float
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckStarted:
    """One of the environment's own checks begins."""

    check: str
    what: str  # in words


@dataclass(frozen=True)
class CheckEnded:
    """How a check ended; `reason` says why it failed."""

    check: str
    passed: bool
    reason: str
    seconds: float


@dataclass(frozen=True)
class Noticed:
    """Something does not settle; what AWS knows of it so far. It may settle yet."""

    stack: str
    logical_id: str
    origin: Origin | None
    evidence: tuple[Evidence, ...]


Handling = Literal["follow", "continue-rollback", "roll-back", "delete", "sweep"]


@dataclass(frozen=True)
class OperationStarted:
    """Something happens to one stack that is no deployment; it was in `status` before."""

    stack: str
    doing: Handling
    status: str
    aside: tuple[str, ...] = ()  # the resources that are skipped, or left behind


@dataclass(frozen=True)
class OperationFinished:
    """It has ended, and well; what fails ends with StackFailed."""

    stack: str
    doing: Handling
    status: str
    seconds: float


@dataclass(frozen=True)
class Recovered:
    """Every stack that was to be led out of its state is out of it; what is left, and what comes next."""

    stacks: tuple[str, ...]
    skipped: tuple[str, ...]  # as <stack>/<logical id>: they differ from their template now
    retained: tuple[Retained, ...]
    next: str  # the command
    seconds: float


@dataclass(frozen=True)
class MoveStarted:
    """Resources are about to be taken from stack to stack, or to another logical id, untouched."""

    moves: tuple[Relocation, ...]


@dataclass(frozen=True)
class MoveFinished:
    """They are where they belong."""

    moves: tuple[Relocation, ...]
    seconds: float


Event = (
    PlanStarted
    | Waiting
    | AssetUploaded
    | StackStarted
    | ResourceEvent
    | StackFinished
    | StackFailed
    | MigrationStarted
    | MigrationFinished
    | MigrationFailed
    | Deployed
    | Destroyed
    | LeftBehind
    | Settling
    | Settled
    | CheckStarted
    | CheckEnded
    | Noticed
    | OperationStarted
    | OperationFinished
    | Recovered
    | MoveStarted
    | MoveFinished
)
