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
