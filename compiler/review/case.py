"""One changed resource as the rules see it: both sides, the leaves that differ, the old one's fate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from compiler.review.changes import Action, Risk
from compiler.review.paths import UNKNOWN, Leaf

Fate = Literal["delete", "snapshot", "retain"]
Resource = Mapping[str, Any]

_FATES: dict[str, Fate] = {"Retain": "retain", "RetainExceptOnCreate": "retain", "Snapshot": "snapshot"}
# "The default policy is Snapshot for AWS::RDS::DBCluster resources and for AWS::RDS::DBInstance resources
# that don't specify the DBClusterIdentifier property" (CloudFormation template reference, DeletionPolicy
# attribute).
_SNAPSHOT_BY_DEFAULT = {"AWS::RDS::DBCluster", "AWS::RDS::DBInstance"}


@dataclass(frozen=True)
class Case:
    """A changed resource; a side is None when the resource is not there."""

    logical_id: str
    type: str
    action: Action
    before: Resource | None
    after: Resource | None
    leaves: tuple[Leaf, ...] = ()
    stateful: bool = False
    new_stack: bool = False
    fate: Fate = field(default="delete")
    # Top-level properties that a change set names: what they refer to may change although their text stays.
    named: frozenset[str] = frozenset()

    @property
    def persists(self) -> bool:
        """Whether there is a resource on both sides."""
        return self.before is not None and self.after is not None

    @property
    def joins(self) -> bool:
        """Whether this is a new resource among others that are already there."""
        return self.action == "add" and not self.new_stack

    @property
    def goes(self) -> bool:
        """Whether the resource as it is now may cease to be."""
        return self.action in ("remove", "replace", "may-replace")

    @property
    def unknown(self) -> bool:
        """Whether some value before the change is not known."""
        return any(leaf.before is UNKNOWN for leaf in self.leaves)

    def old(self, name: str) -> Any:
        """The property before; None when there is none."""
        return properties(self.before).get(name)

    def new(self, name: str) -> Any:
        """The property after; None when there is none."""
        return properties(self.after).get(name)


@dataclass(frozen=True)
class Rule:
    """One thing a reviewer must not miss: `find` gives a sentence for each time it is true of a case."""

    id: str
    risk: Risk
    explanation: str
    find: Callable[[Case], Iterable[str]]
    refuses: bool = False  # whether AWS then refuses the update; the sentence says what to write instead


def properties(resource: Resource | None) -> Mapping[str, Any]:
    """The resource's properties; empty when it or they are not there."""
    found = (resource or {}).get("Properties")
    return found if isinstance(found, Mapping) else {}


def policy(resource: Resource | None, attribute: str) -> Fate:
    """What `DeletionPolicy` or `UpdateReplacePolicy` says, or what CloudFormation does without it."""
    resource = resource or {}
    written = resource.get(attribute)
    if written is None and attribute == "DeletionPolicy" and _snapshots(resource):
        return "snapshot"
    return _FATES.get(str(written), "delete")


def fate(action: Action, before: Resource | None, after: Resource | None) -> Fate:
    """What becomes of the old resource; a removal follows the policy deployed, a replacement the new one."""
    if action == "remove":
        return policy(before, "DeletionPolicy")
    return policy(after, "UpdateReplacePolicy")


def _snapshots(resource: Resource) -> bool:
    return resource.get("Type") in _SNAPSHOT_BY_DEFAULT and "DBClusterIdentifier" not in properties(resource)
