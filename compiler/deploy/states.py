"""Every status that a stack can have: what it means, and what each command does about it."""

from __future__ import annotations

import enum
from typing import NamedTuple

SOURCE = (
    "the StackStatus enumeration of the CloudFormation API reference and the user guide's pages on stack "
    "states, on continuing a rollback, and on the failure options of stacks, 2026-11"
)


class State(enum.Enum):
    """What can be done with a stack."""

    ABSENT = "absent"
    READY = "ready"
    BUSY = "busy"
    REVIEW = "review-in-progress"  # made by a change set that never ran; empty
    FAILED_CREATE = "failed-create"  # never worked; only deleting it leads on
    FAILED_UPDATE = "failed-update"  # worked before; stuck between old and new
    FAILED_DELETE = "delete-failed"
    HALFWAY = "halfway"  # an update failed and was not rolled back; takes another one all the same


class Cure(enum.Enum):
    """What leads a stack out of its state, where that is not a state to be in."""

    NONE = "none"
    WAIT = "wait"
    SWEEP = "sweep"  # delete what never ran
    DELETE = "delete"
    DELETE_AGAIN = "delete-again"
    CONTINUE = "continue-rollback"
    ROLL_BACK = "roll-back"
    SUPPORT = "support"  # no call of CloudFormation leads on


class Row(NamedTuple):
    """One status; `deploy`, `recover` and `destroy` say what these commands do with a stack in it."""

    status: str
    state: State
    cure: Cure
    means: str
    deploy: str
    recover: str
    destroy: str


_NOTHING = "nothing to do"
_FOLLOWS = "follows it to its end, then plans"
_UPDATES = "updates it, if something changes"
_DELETES = "deletes it"
_REFUSES = "refuses, and names the `formwork recover` that helps"
_ANEW = "deletes it and makes it anew, unless something in it may hold data: then refuses"
_ITS_OWN = "deletes it; what may hold data needs approval by name; the next deployment makes it anew"


def _ready(status: str, means: str) -> Row:
    return Row(status, State.READY, Cure.NONE, means, _UPDATES, _NOTHING, _DELETES)


def _busy(status: str, means: str) -> Row:
    return Row(status, State.BUSY, Cure.WAIT, means, _FOLLOWS, _FOLLOWS, _FOLLOWS)


TABLE = (
    _busy("CREATE_IN_PROGRESS", "it is being made"),
    Row(
        "CREATE_FAILED",
        State.FAILED_CREATE,
        Cure.DELETE,
        "its creation failed and was not rolled back; what was made is still there",
        _ANEW,
        _ITS_OWN,
        _DELETES,
    ),
    _ready("CREATE_COMPLETE", "it was made, and works"),
    _busy("ROLLBACK_IN_PROGRESS", "its creation failed; what was made is being deleted"),
    Row(
        "ROLLBACK_FAILED",
        State.FAILED_CREATE,
        Cure.DELETE,
        "its creation failed, and something that was made could not be deleted again",
        _ANEW,
        _ITS_OWN,
        _DELETES,
    ),
    Row(
        "ROLLBACK_COMPLETE",
        State.FAILED_CREATE,
        Cure.DELETE,
        "its creation failed; nothing is left of it but the stack itself, which takes no update",
        "deletes it and makes it anew",
        _ITS_OWN,
        _DELETES,
    ),
    _busy("DELETE_IN_PROGRESS", "it is being deleted"),
    Row(
        "DELETE_FAILED",
        State.FAILED_DELETE,
        Cure.DELETE_AGAIN,
        "something in it could not be deleted; the rest may be gone",
        _REFUSES,
        "deletes it again; what still blocks is left behind, after approval, and told with its physical id",
        "deletes it again",
    ),
    Row(
        "DELETE_COMPLETE",
        State.ABSENT,
        Cure.NONE,
        "it is gone; CloudFormation only remembers it",
        "makes it",
        _NOTHING,
        _NOTHING,
    ),
    _busy("UPDATE_IN_PROGRESS", "it is being updated"),
    _busy(
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "its update worked; what it replaced is being deleted, and until then nothing else is accepted",
    ),
    _ready("UPDATE_COMPLETE", "its last update worked"),
    Row(
        "UPDATE_FAILED",
        State.HALFWAY,
        Cure.ROLL_BACK,
        "its update failed and was not rolled back (express mode, or rollback was turned off); some of it is "
        "new, some old",
        "takes it further with another update, which CloudFormation accepts here",
        "rolls it back to what worked; after express mode, which cannot be rolled back, says that only a "
        "deployment leads on",
        _DELETES,
    ),
    _busy("UPDATE_ROLLBACK_IN_PROGRESS", "its update failed; what was changed is being put back"),
    Row(
        "UPDATE_ROLLBACK_FAILED",
        State.FAILED_UPDATE,
        Cure.CONTINUE,
        "its update failed, and something could not be put back",
        _REFUSES,
        "continues the rollback, at first with nothing skipped; if that fails again, with the fewest "
        "resources skipped; what holds data is skipped after approval by name only",
        _DELETES,
    ),
    _busy(
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "everything is put back; what the failed update had made is being deleted",
    ),
    _ready("UPDATE_ROLLBACK_COMPLETE", "its last update failed and was put back; it is as it was before"),
    Row(
        "REVIEW_IN_PROGRESS",
        State.REVIEW,
        Cure.SWEEP,
        "a change set would make it, and has not been executed; it is empty",
        "uses it",
        "deletes it when it is Formwork's own and nothing in it waits for a plan file or for somebody else",
        _DELETES,
    ),
    _busy("IMPORT_IN_PROGRESS", "it is taking over resources"),
    _ready("IMPORT_COMPLETE", "it took over resources, and works"),
    _busy("IMPORT_ROLLBACK_IN_PROGRESS", "taking over resources failed; it is being put back"),
    Row(
        "IMPORT_ROLLBACK_FAILED",
        State.FAILED_UPDATE,
        Cure.SUPPORT,
        "taking over resources failed, and so did putting it back",
        _REFUSES,
        "says what is known: no call of CloudFormation leads out of it, AWS Support does",
        _DELETES,
    ),
    _ready(
        "IMPORT_ROLLBACK_COMPLETE", "taking over resources failed and was put back; it is as it was before"
    ),
)
BY_STATUS = {row.status: row for row in TABLE}
UNKNOWN = _busy("", "a status that this version of Formwork does not know; it counts as busy")


def row(status: str) -> Row:
    """What is known of a status; a word that is not in the table counts as busy."""
    return BY_STATUS.get(status, UNKNOWN)
