"""CloudFormation's words -> what they mean for a deployment; only `states.py` knows more."""

from __future__ import annotations

import enum

from compiler.deploy.states import TABLE, State

__all__ = ["CHANGE_SETS", "STATES", "SUCCESS", "UPDATABLE", "Outcome", "State", "outcome", "state"]


class Outcome(enum.Enum):
    """What became of a change set."""

    PENDING = "pending"
    READY = "ready"
    NO_CHANGES = "no changes"
    INVALID = "early validation failed"
    FAILED = "failed"


STATES = {row.status: row.state for row in TABLE}
SUCCESS = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})
UPDATABLE = frozenset({State.READY, State.HALFWAY})

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
