"""CloudFormation's words -> what they mean for a deployment; the only place that knows them."""

from __future__ import annotations

import enum


class State(enum.Enum):
    """What can be done with a stack."""

    ABSENT = "absent"
    READY = "ready"
    BUSY = "busy"
    REVIEW = "review-in-progress"  # made by a change set that never ran; empty
    FAILED_CREATE = "failed-create"  # never worked; only deleting it leads on
    FAILED_UPDATE = "failed-update"  # worked before; stuck between old and new
    FAILED_DELETE = "delete-failed"


class Outcome(enum.Enum):
    """What became of a change set."""

    PENDING = "pending"
    READY = "ready"
    NO_CHANGES = "no changes"
    INVALID = "early validation failed"
    FAILED = "failed"


# Source: the StackStatus enumeration of the CloudFormation API reference, 2026-11.
STATES = {
    "CREATE_IN_PROGRESS": State.BUSY,
    "CREATE_FAILED": State.FAILED_CREATE,
    "CREATE_COMPLETE": State.READY,
    "ROLLBACK_IN_PROGRESS": State.BUSY,
    "ROLLBACK_FAILED": State.FAILED_CREATE,
    "ROLLBACK_COMPLETE": State.FAILED_CREATE,
    "DELETE_IN_PROGRESS": State.BUSY,
    "DELETE_FAILED": State.FAILED_DELETE,
    "DELETE_COMPLETE": State.ABSENT,
    "UPDATE_IN_PROGRESS": State.BUSY,
    # The update worked, but until what it replaced is gone no other operation is accepted.
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": State.BUSY,
    "UPDATE_COMPLETE": State.READY,
    "UPDATE_FAILED": State.FAILED_UPDATE,
    "UPDATE_ROLLBACK_IN_PROGRESS": State.BUSY,
    "UPDATE_ROLLBACK_FAILED": State.FAILED_UPDATE,
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": State.BUSY,
    "UPDATE_ROLLBACK_COMPLETE": State.READY,
    "REVIEW_IN_PROGRESS": State.REVIEW,
    "IMPORT_IN_PROGRESS": State.BUSY,
    "IMPORT_COMPLETE": State.READY,
    "IMPORT_ROLLBACK_IN_PROGRESS": State.BUSY,
    "IMPORT_ROLLBACK_FAILED": State.FAILED_UPDATE,
    "IMPORT_ROLLBACK_COMPLETE": State.READY,
}
SUCCESS = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})

CHANGE_SETS = {
    "CREATE_PENDING": Outcome.PENDING,
    "CREATE_IN_PROGRESS": Outcome.PENDING,
    "CREATE_COMPLETE": Outcome.READY,
    "DELETE_PENDING": Outcome.FAILED,
    "DELETE_IN_PROGRESS": Outcome.FAILED,
    "DELETE_COMPLETE": Outcome.FAILED,
    "DELETE_FAILED": Outcome.FAILED,
    "FAILED": Outcome.FAILED,
}
# CloudFormation has no status of its own for "nothing changes", only these two sentences.
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
_EARLY_VALIDATION = "AWS::EarlyValidation"


def state(status: str | None) -> State:
    """What a stack status means; None is a stack that does not exist. An unknown word counts as busy."""
    return State.ABSENT if status is None else STATES.get(status, State.BUSY)


def outcome(status: str, reason: str) -> Outcome:
    """What a change set's status and its reason mean together."""
    found = CHANGE_SETS.get(status, Outcome.FAILED)
    if status != "FAILED":
        return found
    if any(sentence in reason for sentence in _NO_CHANGES):
        return Outcome.NO_CHANGES
    return Outcome.INVALID if _EARLY_VALIDATION in reason else Outcome.FAILED
