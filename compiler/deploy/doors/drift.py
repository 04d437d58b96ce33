"""Drift: where the account differs from what was deployed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from compiler.deploy.calls import Calls


@dataclass(frozen=True)
class Detection:
    """How far the search for drift of one stack is."""

    status: str  # DETECTION_IN_PROGRESS, DETECTION_COMPLETE or DETECTION_FAILED
    reason: str = ""
    drifted: int = 0  # resources


@dataclass(frozen=True)
class Difference:
    """One property that is not as deployed; values are JSON text, or plain text."""

    path: str  # as `/Tags/0/Value`
    kind: str  # ADD, REMOVE or NOT_EQUAL
    expected: str
    actual: str


@dataclass(frozen=True)
class ResourceDrift:
    """One resource of a stack, as the last search found it."""

    logical_id: str
    physical_id: str
    type: str
    status: str  # IN_SYNC, MODIFIED, DELETED, NOT_CHECKED, UNKNOWN or UNSUPPORTED
    differences: tuple[Difference, ...] = ()
    expected: Mapping[str, Any] | None = None  # all properties
    actual: Mapping[str, Any] | None = None
    reason: str = ""


class Drift(Protocol):
    """Drift detection."""

    def detect_drift(self, stack: str, logical_ids: Sequence[str] = ()) -> str:
        """Start the search, in all resources or in these; the id of the search."""

    def detection(self, detection: str) -> Detection:
        """How far a search is."""

    def drifts(self, stack: str) -> tuple[ResourceDrift, ...]:
        """What the last search found, of every resource."""


class BotoDrift(Calls):
    """`Drift` over boto3."""

    def detect_drift(self, stack: str, logical_ids: Sequence[str] = ()) -> str:
        only = {"LogicalResourceIds": list(logical_ids)} if logical_ids else {}
        answer = self._cloudformation("detect_stack_drift", StackName=stack, **only)
        return str(answer["StackDriftDetectionId"])

    def detection(self, detection: str) -> Detection:
        options = {"StackDriftDetectionId": detection}
        found = self._cloudformation("describe_stack_drift_detection_status", **options)
        return Detection(
            found["DetectionStatus"],
            found.get("DetectionStatusReason", ""),
            found.get("DriftedStackResourceCount", 0),
        )

    def drifts(self, stack: str) -> tuple[ResourceDrift, ...]:
        pages = self._pages("describe_stack_resource_drifts", StackName=stack)
        return tuple(_drift(found) for page in pages for found in page["StackResourceDrifts"])


def _drift(found: Mapping[str, Any]) -> ResourceDrift:
    return ResourceDrift(
        found["LogicalResourceId"],
        found.get("PhysicalResourceId", ""),
        found["ResourceType"],
        found["StackResourceDriftStatus"],
        tuple(_difference(each) for each in found.get("PropertyDifferences", ())),
        _properties(found.get("ExpectedProperties")),
        _properties(found.get("ActualProperties")),
        found.get("DriftStatusReason", ""),
    )


def _difference(found: Mapping[str, Any]) -> Difference:
    return Difference(
        found["PropertyPath"], found["DifferenceType"], found["ExpectedValue"], found["ActualValue"]
    )


def _properties(text: str | None) -> Mapping[str, Any] | None:
    return dict(json.loads(text)) if text else None
