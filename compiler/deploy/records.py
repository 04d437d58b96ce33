"""What AWS told us, in our own frozen records; no SDK shape is known beyond `convert.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Identity:
    """Who is calling."""

    account: str
    arn: str


@dataclass(frozen=True)
class LiveStack:
    """One stack as CloudFormation describes it."""

    id: str
    name: str
    status: str
    reason: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    protected: bool = False
    created: datetime | None = None
    updated: datetime | None = None  # None when it never was
    parameters: Mapping[str, str] = field(default_factory=dict)  # asterisks where the template says NoEcho
    detail: str = ""  # CONFIGURATION_COMPLETE or VALIDATION_FAILED, where CloudFormation says so
    express: bool = False  # the last operation ran in express mode, which cannot be rolled back later
    operations: tuple[str, ...] = ()  # the ids of the latest ones, as `<type> <id>`
    role_arn: str = ""  # what CloudFormation acts with on this stack, once it was told to
    drift: str = ""  # as StackDriftStatus, of the last search: DRIFTED, IN_SYNC, UNKNOWN, NOT_CHECKED
    drift_checked: datetime | None = None  # when that was; None when it never was

    @property
    def version(self) -> str:
        """Other whenever an operation has begun on it since, or when it was made again."""
        return f"{self.id} {self.updated.isoformat() if self.updated else ''} {self.status}"

    @property
    def region(self) -> str:
        """Where it lives, as its ARN says; empty when the id is no ARN."""
        return (*self.id.split(":", 4), "", "", "", "")[3]


@dataclass(frozen=True)
class ChangeSetRequest:
    """Everything that makes a change set; exactly one of `body` and `url` is set."""

    stack: str
    name: str
    create: bool
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    capabilities: tuple[str, ...]
    body: str | None = None
    url: str | None = None
    import_existing: bool = False  # take over what has a name of its own and is there already
    revert_drift: bool = False  # also bring back what was changed behind CloudFormation's back
    express: bool = False  # end when the configuration is applied, not when all of it works
    previous: tuple[str, ...] = ()  # parameters that keep the values that they have
    since: str = ""  # which state of the stack it is made against: one and the same request is made once only


@dataclass(frozen=True)
class ChangeSet:
    """A described change set; `pages` are the raw answers, which only the review reads."""

    arn: str
    name: str
    stack_id: str
    status: str
    reason: str
    execution: str
    pages: tuple[Mapping[str, Any], ...] = ()
    warnings: tuple[Validation, ...] = ()  # what early validation found, though it lets it pass
    hooks: tuple[Hook, ...] = ()  # that will look at resources when it is executed

    @property
    def hooked(self) -> bool:
        """Whether any hook will look at anything."""
        return any(change.get("HookInvocationCount") for page in self.pages for change in page["Changes"])

    @property
    def says_rollback(self) -> bool:
        """Whether it says itself what a failure leads to, so that executing it must not say it again."""
        return any(page.get("OnStackFailure") or page.get("DeploymentConfig") for page in self.pages)


@dataclass(frozen=True)
class StackEvent:
    """One line of a stack's history."""

    id: str
    stack_id: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str
    time: datetime
    token: str | None = None
    hook: str = ""  # the id of the hook's invocation, when this is one

    @property
    def of_stack(self) -> bool:
        """True when the event is about the stack itself, not about one of its resources."""
        return self.physical_id == self.stack_id


@dataclass(frozen=True)
class LiveResource:
    """One resource of a live stack."""

    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str = ""


@dataclass(frozen=True)
class Validation:
    """One finding of CloudFormation's early validation of a change set."""

    logical_id: str
    name: str
    mode: str  # FAIL or WARN
    path: str
    reason: str


@dataclass(frozen=True)
class Hook:
    """One hook of the account that will look at a resource before it is changed."""

    name: str  # the hook's type
    mode: str  # FAIL stops the operation, WARN only tells
    logical_id: str
    type: str  # of the resource
    action: str  # as in a change set


@dataclass(frozen=True)
class OperationEvent:
    """One line of DescribeEvents: of a resource, or of a validation or a hook that looked at it."""

    id: str
    operation: str  # its id
    operation_type: str  # CREATE_STACK, UPDATE_STACK, ...
    kind: str  # STACK_EVENT, PROGRESS_EVENT, VALIDATION_ERROR, PROVISIONING_ERROR, HOOK_INVOCATION_ERROR
    logical_id: str
    physical_id: str
    type: str
    status: str  # of the resource; empty for the other kinds
    reason: str  # whichever reason an event of this kind gives
    time: datetime
    token: str | None
    name: str = ""  # of the validation or the hook
    mode: str = ""  # FAIL or WARN, of those
    path: str = ""  # what a validation is about


@dataclass(frozen=True)
class ChangeSetSummary:
    """One line of a stack's list of change sets."""

    arn: str
    name: str
    status: str
    execution: str
    created: datetime | None
