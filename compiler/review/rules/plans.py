"""Plans of AWS Backup, compared rule by rule: what is backed up less often, kept shorter, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compiler.review.case import Case
from compiler.review.rules.guards import is_off

_PLAN, _SELECTION = "AWS::Backup::BackupPlan", "AWS::Backup::BackupSelection"
_FOREVER = float("inf")  # what no lifecycle means
_CRON = re.compile(r"cron\(\S+ (?P<hour>\S+) (?P<day>\S+) (?P<month>\S+) (?P<weekday>\S+) \S+\)")


@dataclass(frozen=True)
class _Kept:
    """What one rule of a plan gives: recovery points, each for so many days."""

    days: float
    a_year: float | None = None  # how often; None when it cannot be told
    continuous: bool = False


def weakened(case: Case) -> Iterator[str]:
    """One sentence for all that backs up less, or what is lost with the plan or the selection."""
    if case.action == "remove" and case.type in (_PLAN, _SELECTION):
        yield "nothing is backed up by it any more"
    elif case.type == _PLAN and case.persists:
        old, new = _rules(case.old("BackupPlan")), _rules(case.new("BackupPlan"))
        less = [text for name, kept in old.items() for text in _less(name, kept, new.get(name))]
        if less:
            yield f"backups are kept shorter, or not made any more: {', '.join(less)}"


def _less(name: str, old: _Kept, new: _Kept | None) -> Iterator[str]:
    if new is None:
        yield f"{name} goes"
        return
    if new.days < old.days:
        yield f"{name} for {new.days:g} days"
    if old.a_year and new.a_year and new.a_year < old.a_year:
        yield f"{name} less often"
    if old.continuous and not new.continuous:
        yield f"{name} to no point in time any more"


def _rules(plan: Any) -> dict[str, _Kept]:
    """By the rule's name, and for its copies by the name and the vault that they go to."""
    found: dict[str, _Kept] = {}
    rules = plan.get("BackupPlanRule") if isinstance(plan, Mapping) else None
    for rule in rules if isinstance(rules, list | tuple) else ():
        name = str(rule.get("RuleName"))
        often, continuous = _often(rule.get("ScheduleExpression")), rule.get("EnableContinuousBackup")
        found[name] = _Kept(_days(rule), often, not is_off(continuous or False))
        for number, copy in enumerate(rule.get("CopyActions") or ()):
            found[f"{name} (copy {number + 1})"] = _Kept(_days(copy))
    return found


def _days(rule: Mapping[str, Any]) -> float:
    days = (rule.get("Lifecycle") or {}).get("DeleteAfterDays", _FOREVER)
    return float(days) if isinstance(days, int | float | str) else _FOREVER


def _often(schedule: Any) -> float | None:
    """About how many times a year a cron expression is due; None where it says more than days."""
    found = _CRON.fullmatch(str(schedule))
    if found is None or not found["hour"].isdigit() or found["month"] != "*":
        return None
    if found["weekday"] not in ("?", "*"):
        return 52.0 * len(found["weekday"].split(","))
    return 365.0 if found["day"] == "*" else 12.0 * len(found["day"].split(","))
