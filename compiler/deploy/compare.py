"""What was shown, what would run -> the differences that matter to whoever approved."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.deploy.shown import is_carried
from compiler.review.changes import NEEDS_APPROVAL, RISKS, Change, StackChanges

# What is taken over instead of made, because it is ours, is no more than was shown.
_COVERS = {"may-replace": {"may-replace", "replace", "modify"}, "add": {"add", "import"}}


def differences(shown: StackChanges, real: StackChanges) -> tuple[str, ...]:
    """In words, sorted; empty when the same resources change in the same way and with no higher risk."""
    before = {change.logical_id: change for change in shown.changes}
    after = {change.logical_id: change for change in real.changes}
    gone = [
        f"{_text(before[name])} was shown but would not happen"
        for name in before.keys() - after.keys()
        if not is_carried(before[name])  # shown because it may happen; whoever approved it approved more
    ]
    new = [
        f"{_text(after[name])} was not shown"
        for name in after.keys() - before.keys()
        if not _follows(after[name], before)
    ]
    both = [
        _difference(before[name], after[name])
        for name in before.keys() & after.keys()
        if not (shown.phase == "contract" and _same_removal(before[name], after[name]))
    ]
    return tuple(sorted(filter(None, [*gone, *new, *both])))


def _follows(change: Change, shown: Mapping[str, Change]) -> bool:
    """Whether a change only follows from shown ones, so that a prediction may leave it out."""
    if change.echo:  # nothing of it changes
        return True
    harmless = change.action == "modify" and change.risk not in NEEDS_APPROVAL
    return harmless and bool(change.causes) and set(change.causes) <= shown.keys()


def _same_removal(shown: Change, real: Change) -> bool:
    """At the end of two phases this was classed by all that the template says; a change set may say less."""
    return (shown.type, shown.action, real.action) == (real.type, "remove", "remove")


def _difference(shown: Change, real: Change) -> str | None:
    if real.type != shown.type or real.action not in _COVERS.get(shown.action, {shown.action}):
        return f"{_text(shown)} was shown, but it would be {_text(real)}"
    if real.risk in NEEDS_APPROVAL and RISKS.index(real.risk) < RISKS.index(shown.risk):
        return f"{_text(real)} was shown as {shown.risk}, but is {real.risk}"
    return None


def _text(change: Change) -> str:
    return f"{change.action} {change.logical_id} ({change.type})"
