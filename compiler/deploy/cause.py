"""The events of a failed operation -> the first real cause, the spec line, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError
from compiler.deploy.events import Failure
from compiler.deploy.follow import Operation
from compiler.deploy.records import LiveStack, StackEvent

NESTED = "AWS::CloudFormation::Stack"
# What CloudFormation writes on everything that it stopped because something else had failed.
_FOLLOW_UP = re.compile(r"\bcancell?ed\b|^The following resource\(s\) failed", re.IGNORECASE)

# First match wins. Source of the sentences: provider messages seen in stack events (domain report 6.5).
_ADVICE = (
    (
        r"not authorized to perform|AccessDenied|is not authorized|access denied",
        "give the deploying role this permission, or deploy with one that has it, and run again",
    ),
    (
        r"already exists|AlreadyExists|NameAlreadyInUse|already in use",
        "something with this name is there already: rename the component, delete that if it may go, or take "
        "it over with `--import ours`, and what bears other tags with `--import LOGICAL_ID`",
    ),
    (
        r"LimitExceeded|limit exceeded|quota|maximum (number|limit)|TooMany(?!Requests)",
        "ask for a higher quota in the Service Quotas console, or use less of it, and run again",
    ),
    (r"not empty|BucketNotEmpty", "empty it first, if what it holds may go, and run again"),
    (
        r"[Dd]eletion protection|DeletionProtection|cannot be deleted|TerminationProtection|protected",
        "it is protected: turn the protection off in the spec and deploy that first, if it really is to go",
    ),
    (
        r"did not stabilize|NotStabilized|exceeded attempts to wait|timed? ?out",
        "it was made but did not become healthy in time: look at its own logs and events, "
        "for a service at the reasons of its stopped tasks",
    ),
    (r"Rate exceeded|Throttling|TooManyRequests", "AWS was asked too often: run again"),
    (
        r"dependent object|DependencyViolation|has dependencies|in use by",
        "something outside this stack still uses it: remove that first and run again",
    ),
    (
        r"could not be found|does not exist|NotFound",
        "what it refers to is missing: check the name in the spec",
    ),
    (
        r"Invalid|Malformed|Encountered unsupported|Validation|must ",
        "correct the value in the spec and build again",
    ),
)
_BEGINNINGS = {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS"}
_DEFAULT_ADVICE = "correct the cause and run again; what was done before stays done"


def of(aws: Aws, operation: Operation, live: LiveStack | None) -> Failure:
    """The failure of an operation from its history and from how the stack ended."""
    events = operation.history
    first = _first(events)
    root = _innermost(aws, first) if first else None
    reason = (root.reason if root else _own_reason(live, events)).strip()
    return Failure(
        stack=operation.stack,
        status=live.status if live else "DELETE_COMPLETE",
        logical_id=root.logical_id if root else "",
        type=root.type if root else "",
        reason=reason or "CloudFormation gives no reason",
        # A nested stack's resources are not in the spec; the component that nests it is.
        origin=operation.origins.get(first.logical_id) if first else None,
        advice=advice(reason),
    )


def advice(reason: str) -> str:
    """What to do about a known cause, else what always helps."""
    return next((text for pattern, text in _ADVICE if re.search(pattern, reason)), _DEFAULT_ADVICE)


def _first(events: Iterable[StackEvent]) -> StackEvent | None:
    failed = [e for e in events if e.status.endswith("_FAILED") and not e.of_stack]
    real = [event for event in failed if not _FOLLOW_UP.search(event.reason)]
    return next(iter([*real, *failed]), None)


def _own_reason(live: LiveStack | None, events: Iterable[StackEvent]) -> str:
    told = (e.reason for e in events if e.of_stack and e.reason and e.status not in _BEGINNINGS)
    return next(told, live.reason if live else "")


def _innermost(aws: Aws, event: StackEvent) -> StackEvent:
    if event.type != NESTED or not event.physical_id:
        return event
    inner = _first(_failures_until(aws, event.physical_id, event.time))
    return _innermost(aws, inner) if inner else event


def _failures_until(aws: Aws, stack_id: str, end: datetime) -> list[StackEvent]:
    try:
        return last_operation(aws, stack_id, end)
    except DeployError:
        return []  # the nested stack's history may be gone; the outer reason then has to do


def last_operation(aws: Aws, stack_id: str, end: datetime | None = None) -> list[StackEvent]:
    """The events of the stack's latest operation, or of the one that ran at `end`, oldest first."""
    found: list[StackEvent] = []
    for event in aws.events(stack_id):
        if end is None or event.time <= end:
            found.append(event)
            if event.of_stack and event.status in _BEGINNINGS:
                break
    return found[::-1]
