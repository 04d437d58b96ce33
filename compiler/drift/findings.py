"""The records of drift: what differs, what was left out and why, and what could not be looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from compiler.assembly import Origin
from compiler.review.changes import RISKS, Reason, Risk
from compiler.review.paths import Leaf


@dataclass(frozen=True)
class Finding:
    """One property that is not as deployed, or a resource that is gone; values are as they may be shown."""

    stack: str
    region: str  # as in assembly.Stack
    logical_id: str
    physical_id: str
    type: str
    path: str  # dotted; empty when the resource is gone
    expected: str | None
    actual: str | None
    digest: str  # of the actual value
    hidden: bool  # whether it may be a secret
    risk: Risk
    reasons: tuple[Reason, ...] = ()
    origin: Origin | None = None
    note: str = ""  # why it is told although somebody accepted it
    # From what was deployed to what is live, as it is: never shown where it is hidden.
    leaf: Leaf | None = field(default=None, repr=False, compare=False)

    @property
    def id(self) -> str:
        """What people name it by: `<logical id>.<property>`."""
        return f"{self.logical_id}.{self.path}" if self.path else self.logical_id

    @property
    def deleted(self) -> bool:
        """Whether the whole resource is gone."""
        return not self.path

    @property
    def component(self) -> str:
        """The component's name; empty for what comes from none."""
        return self.origin.component if self.origin else ""


@dataclass(frozen=True)
class Ignored:
    """A difference that means nothing, and why."""

    stack: str
    logical_id: str
    path: str
    why: str
    source: str


@dataclass(frozen=True)
class Unchecked:
    """A resource that nobody can say anything of."""

    stack: str
    logical_id: str
    type: str
    status: str  # UNSUPPORTED, UNKNOWN or NOT_CHECKED
    reason: str = ""


@dataclass(frozen=True)
class Unsearched:
    """A stack that could not be searched."""

    stack: str
    reason: str
    failed: bool = True  # False when there is nothing to search


@dataclass(frozen=True)
class Entry:
    """One difference that somebody accepted, as the file beside the spec has it."""

    environment: str
    component: str
    stack: str
    logical_id: str
    path: str  # of the property; empty for a resource that is gone
    digest: str
    reason: str
    expires: str  # ISO 8601, the last day
    actual: str = ""  # for whoever reads the file; nothing that may be a secret

    @property
    def id(self) -> str:
        """As `Finding.id`."""
        return f"{self.logical_id}.{self.path}" if self.path else self.logical_id


@dataclass(frozen=True)
class Report:
    """One environment, held against what is live."""

    platform: str
    environment: str
    account: str
    region: str
    searched: tuple[str, ...]  # stacks
    findings: tuple[Finding, ...]  # the riskiest first
    ignored: tuple[Ignored, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    unsearched: tuple[Unsearched, ...] = ()
    accepted: tuple[tuple[Finding, Entry], ...] = ()
    stale: tuple[Entry, ...] = ()  # accepted, and no longer there

    def summary(self) -> dict[str, int]:
        """The number of findings per risk class, riskiest first."""
        counts = Counter(finding.risk for finding in self.findings)
        return {risk: counts[risk] for risk in RISKS}
